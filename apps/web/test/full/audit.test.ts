import { readFile } from "node:fs/promises";
import { arrive, foundWorkspace, join } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { openAs, openWithForm } from "../kit/people.ts";

describeInChromium("the audit log", (application) => {
  /** Creates a workspace whose log has about 30 entries by two admins, and opens its log. */
  const openLog = async (name: string, query = "") => {
    const { server } = application();
    const person = await arrive(server, name);
    const id = await foundWorkspace(person, "Analytical Engines");
    const other = await arrive(server, `other-of-${name}`);
    await join(server, id, other, "admin");
    for (let number = 1; number <= 24; number += 1) {
      const { data: project } = await person.call("projects.create", { name: `Note ${number}` }, id);
      await person.call("projects.delete", { id: project.id }, id);
    }
    await other.call("workspaces.rename", { name: "Difference Engines" }, id);
    // The form of sign-in keeps the query.
    const open = query === "" ? openAs : openWithForm;
    const page = await open(application(), person, `/w/${id}/audit${query.replace("{other}", other.id)}`);
    await page.getByRole("list", { name: "Audit log" }).waitFor();
    return { page, person, other, id };
  };

  it("shows entries in words, page by page", async () => {
    const { page } = await openLog("reads");
    await page.getByText("other-of-reads@example.com · Workspace Analytical Engines").waitFor();
    await page.getByText("reads@example.com · Project Note 24 ·").waitFor();
    await expectGoodPage(page);
    expect(await entriesIn(page)).toBe(20);
    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByRole("button", { name: "Workspace created" }).waitFor();
    await page.getByRole("status").getByText("26 entries").waitFor();
    expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
  });

  it("keeps the filters in the address, also after a reload and a step back", async () => {
    const { page, other, person } = await openLog("filters", "?action=toString&actor={other}");
    expect(await entriesIn(page)).toBe(1);
    await page.getByLabel("Actor").selectOption(person.email);
    await page.getByLabel("Action").selectOption("Project deleted");
    await page.waitForURL(`**/audit?action=project.deleted&actor=${person.id}`);
    await page.getByText("Project Note 24").waitFor();
    await page.reload();
    await page.getByText("Project Note 24").waitFor();
    expect(await page.getByText("Workspace renamed").count()).toBe(1);
    expect(await page.getByLabel("Action").inputValue()).toBe("project.deleted");

    await page.getByLabel("From").fill("2031-05-01");
    await page.getByText("No entry matches the filters").waitFor();
    expect(page.url()).toContain("from=2031-05-01");
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await page.getByRole("button", { name: "Workspace renamed" }).waitFor();
    expect(new URL(page.url()).search).toBe("");
    await page.goBack();
    await page.getByText("No entry matches the filters").waitFor();
    await page.getByLabel("From").fill("");
    await page.getByLabel("Actor").selectOption(other.email);
    await page.getByLabel("Action").selectOption("All actions");
    await page.getByRole("button", { name: "Workspace renamed" }).waitFor();
    expect(await entriesIn(page)).toBe(1);
  });

  it("shows all fields of an entry, and leads to the entries about its target", async () => {
    const { page, id, person } = await openLog("details");
    await page.getByRole("button", { name: "Workspace renamed" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Entry 26" });
    await dialog.getByRole("row", { name: "name Analytical Engines Difference Engines" }).waitFor();
    for (const text of ["workspace.renamed", "Done", "other-of-details@example.com", id, "127.0.0.1"]) {
      await dialog.getByText(text, { exact: false }).first().waitFor();
    }
    await expectGoodPage(page);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await dialog.getByRole("button", { name: "Copy the request id" }).click();
    await page.getByText("Copied").waitFor({ state: "attached" });
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const { data } = await person.call("audit.list", { limit: 1 }, id);
    expect(copied).toBe((data.items as { requestId: string }[])[0]?.requestId);
    await dialog.getByRole("button", { name: "Show all entries about this target" }).click();
    await page.waitForURL(`**/audit?target=workspace%3A${id}`);
    await page.getByText(`Only entries about Workspace ${id}`).waitFor();
    await page.getByRole("button", { name: "Workspace created" }).waitFor();
    expect(await entriesIn(page)).toBe(2);
    await expectGoodPage(page);
  });

  it("shows denied calls and former members", async () => {
    const { page, id, other, person } = await openLog("denied");
    await person.call("members.changeRole", { userId: other.id, role: "viewer" }, id);
    await other.call("projects.create", { name: "Note" }, id);
    await person.call("members.remove", { userId: other.id }, id);
    await page.goto(`${page.url()}?actor=${other.id}`);
    await page.getByText("A former member · Operation projects.create").waitFor();
    await page.getByText("Denied", { exact: true }).waitFor();
    expect(await page.getByLabel("Actor").locator("option:checked").innerText()).toBe("A former member");
    await expectGoodPage(page);
  });

  it("checks the log, and compares it with a saved checkpoint", async () => {
    const { page } = await openLog("verifies");
    await page.getByRole("button", { name: "Check the log" }).click();
    const result = page.getByRole("status").filter({ hasText: "The log is intact. 26 entries checked" });
    await result.waitFor();
    await page.getByText("Checkpoints", { exact: true }).click();
    await page.getByText("A checkpoint is a statement of the server").waitFor();
    await expectGoodPage(page);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save a checkpoint" }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toMatch(/^checkpoint-difference-engines-\d{4}-\d\d-\d\d\.json$/);
    await page.getByLabel("Saved checkpoint").setInputFiles({
      name: "other.json",
      mimeType: "application/json",
      buffer: Buffer.from('{"text":7}'),
    });
    await page.getByRole("alert").getByText("This file is not a checkpoint.").waitFor();
    await expectGoodPage(page);
    const checkpoint = await readFile(await saved.path());
    await page
      .getByLabel("Saved checkpoint")
      .setInputFiles({ name: "checkpoint.json", mimeType: "application/json", buffer: checkpoint });
    await page.getByText("This file is not a checkpoint.").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByText("The log still contains the entry of the checkpoint").waitFor();

    const forged = { ...(JSON.parse(checkpoint.toString()) as object), signature: "AAAA" };
    await page.getByLabel("Saved checkpoint").setInputFiles({
      name: "forged.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(forged)),
    });
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByRole("alert").getByText("checkpoint", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
  });

  it("names the first broken entry", async () => {
    const { page, id } = await openLog("broken");
    await application().server.database.owner(
      `ALTER TABLE audit_logs DISABLE TRIGGER USER;
       UPDATE audit_logs SET target_id = 'another' WHERE workspace_id = '${id}' AND seq = 17;
       ALTER TABLE audit_logs ENABLE TRIGGER USER`,
    );
    await page.getByRole("button", { name: "Check the log" }).click();
    const result = page.getByRole("alert");
    await result.getByText("The log is not intact. The first broken entry has the number 17.").waitFor();
    await expectGoodPage(page);
  });

  it("exports the log to a file, and counts its entries", async () => {
    const { page } = await openLog("exports");
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Export the audit log" });
    await dialog.waitFor();
    await expectGoodPage(page);
    const exportTo = async (format: string) => {
      await dialog.getByLabel("Format").selectOption(format);
      const downloading = page.waitForEvent("download");
      await dialog.getByRole("button", { name: "Export the log" }).click();
      const file = await downloading;
      await dialog.getByRole("status").getByText(`entries are in ${file.suggestedFilename()}.`).waitFor();
      return await readFile(await file.path(), "utf8");
    };
    const lines = (await exportTo("ndjson")).trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ entries: 26 });
    await dialog.getByText("26 entries are in audit-difference-engines-").waitFor();
    await expectGoodPage(page);
    expect(await exportTo("csv")).toMatch(/^seq,|^"?version/);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Audit log exported" }).first().waitFor();
  });

  it("waits when the limit of calls is reached, and can be stopped", async () => {
    const { page } = await openLog("limited");
    await page.route("**/trpc/audit.verify**", (route) =>
      route.fulfill({
        status: 429,
        contentType: "application/json",
        headers: { "retry-after": "60" },
        body: JSON.stringify({ error: limitError }),
      }),
    );
    await page.getByRole("button", { name: "Check the log" }).click();
    await page.getByText("The limit of calls is reached. The work continues in 60 seconds.").waitFor();
    await page.getByRole("progressbar", { name: "Progress of the check" }).waitFor();
    await expectGoodPage(page);
    await page.unroute("**/trpc/audit.verify**");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Check the log" }).click();
    await page.getByText("The log is intact.").waitFor();
  });

  it("says that the server cannot be reached, and continues when it can", async () => {
    const { page } = await openLog("offline-audit");
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Check the log" }).click();
    await page.getByRole("alert").getByText("The server cannot be reached.").waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("The log is intact.").waitFor();
  });
});

const limitError = {
  message: "Too many calls.",
  code: -32029,
  data: { code: "TOO_MANY_REQUESTS", httpStatus: 429, reason: "limit.exceeded", retryAfterSeconds: 60 },
};

const entriesIn = (page: Page): Promise<number> =>
  page.getByRole("list", { name: "Audit log" }).getByRole("listitem").count();
