import { arrive, eventually, foundWorkspace, join } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { confirm } from "../kit/dialogs.ts";
import { openAs, openWorkspace } from "../kit/people.ts";
import { expectNoTraceOf } from "../kit/traces.ts";

const rowOf = (page: Page, name: string) =>
  page.getByRole("list", { name: "Service keys" }).getByRole("listitem").filter({ hasText: name }).first();

/** Reads the token from the dialog that shows it. */
async function shownToken(page: Page, name: string): Promise<string> {
  const dialog = page.getByRole("dialog", { name: `Token of ${name}` });
  await dialog.getByText("It is not shown again.").waitFor();
  return await dialog.locator("code").innerText();
}

describeInChromium("the page of service keys", (application) => {
  const statusWith = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${application().server.url}/trpc/tasks.list`, { headers })).status;
  };

  it("creates a key, and shows its token once", async () => {
    const { page } = await openWorkspace(application(), "creates-key", "keys");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByText("There are no service keys").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Deploy bot");
    await page.getByLabel("Read the tasks").check();
    await page.getByLabel("Create, change and delete tasks").check();
    await page.getByLabel("Expires after").selectOption("30 days");
    await expectGoodPage(page);
    await confirm(page, "Create the key");

    const token = await shownToken(page, "Deploy bot");
    expect(token).toMatch(/^pjk_/);
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Copy the token" }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
    expect(await statusWith(token)).toBe(200);

    await confirm(page, "I have copied the token");
    await rowOf(page, "Deploy bot").getByText("task:write").waitFor();
    await expectNoTraceOf(token, page);
    await page.reload();
    await rowOf(page, "Deploy bot").getByText("Active").waitFor();
    await expectGoodPage(page);
    expect(await page.content()).not.toContain(token);
  });

  it("offers a role the scopes that it can have, and drops the others", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "scopes-key", "keys");
    await page.getByRole("button", { name: "Create a key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Role", { exact: true }).selectOption("Admin");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Auditor");
    await dialog.getByLabel("Read, check and export the audit log").check();
    await dialog.getByLabel("Read the tasks").check();
    await dialog.getByLabel("Role", { exact: true }).selectOption("Viewer");
    expect(await dialog.getByLabel("Read, check and export the audit log").count()).toBe(0);
    await confirm(page, "Create the key");
    await shownToken(page, "Auditor");
    const { items } = (await person.call("serviceKeys.list", {}, workspaceId)).data;
    expect(items).toMatchObject([{ role: "viewer", scopes: ["task:read"] }]);
  });

  it("moves the focus to the scopes when none is selected", async () => {
    const { page } = await openWorkspace(application(), "no-scopes", "keys");
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Nothing");
    await confirm(page, "Create the key");
    await eventually(() =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-invalid") === "true"),
    );
    await expectGoodPage(page);
    await page.keyboard.press("Space");
    await confirm(page, "Create the key");
    await shownToken(page, "Nothing");
  });

  it("rotates a key, whose earlier token ends at once", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "rotates-key");
    const key = { name: "Bot", scopes: ["task:read"] };
    const earlier = String((await person.call("serviceKeys.create", key, workspaceId)).data.token);
    await page.getByRole("link", { name: "Service keys" }).click();
    await page.getByRole("button", { name: "Rotate the key Bot" }).click();
    await page.getByLabel("The present token works for").selectOption("no longer: end it at once");
    await expectGoodPage(page);
    await confirm(page, "Rotate the key");
    const token = await shownToken(page, "Bot");
    await page.keyboard.press("Escape");
    await rowOf(page, "Bot").getByText("rotated on").waitFor();
    await expectNoTraceOf(token, page);
    expect([await statusWith(earlier), await statusWith(token)]).toEqual([401, 200]);
  });

  it("says until when the earlier token works", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "overlaps-key");
    const key = { name: "Bot", scopes: ["task:read"] };
    const earlier = String((await person.call("serviceKeys.create", key, workspaceId)).data.token);
    await page.getByRole("link", { name: "Service keys" }).click();
    await page.getByRole("button", { name: "Rotate the key Bot" }).click();
    await confirm(page, "Rotate the key");
    const token = await shownToken(page, "Bot");
    await confirm(page, "I have copied the token");
    await rowOf(page, "Bot").getByText("Earlier tokens work until").waitFor();
    expect([await statusWith(earlier), await statusWith(token)]).toEqual([200, 200]);
  });

  it("revokes a key", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "revokes-key");
    const key = { name: "Bot", scopes: ["task:read"] };
    const token = String((await person.call("serviceKeys.create", key, workspaceId)).data.token);
    await page.getByRole("link", { name: "Service keys" }).click();
    await page.getByRole("button", { name: "Revoke the key Bot" }).click();
    await page.getByRole("dialog", { name: "Revoke Bot?" }).waitFor();
    await expectGoodPage(page);
    await confirm(page, "Revoke the key");
    await rowOf(page, "Bot").getByText("Revoked").waitFor();
    expect(await statusWith(token)).toBe(401);
    expect(await page.getByRole("button", { name: /^Rotate|^Revoke/ }).count()).toBe(0);
    await page.getByLabel("Status").selectOption("Active");
    await page.getByText("No service key has this status").waitFor();
    await expectGoodPage(page);
  });

  it("shows why a key that was revoked meanwhile cannot be rotated, and updates the list", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "revoked-key");
    const key = { name: "Bot", scopes: ["task:read"] };
    const { id } = (await person.call("serviceKeys.create", key, workspaceId)).data;
    await page.getByRole("link", { name: "Service keys" }).click();
    await page.getByRole("button", { name: "Rotate the key Bot" }).click();
    await person.call("serviceKeys.revoke", { id }, workspaceId);
    await confirm(page, "Rotate the key");
    await page.getByRole("alert").getByText("There is no such service key in this workspace.").waitFor();
    await expectGoodPage(page);
    await confirm(page, "Cancel");
    await rowOf(page, "Bot").getByText("Revoked").waitFor();
  });

  it("replaces the page when the user is no longer an admin", async () => {
    const { server } = application();
    const [admin, other] = [await arrive(server, "was-admin"), await arrive(server, "is-admin")];
    const workspaceId = await foundWorkspace(other);
    await join(server, workspaceId, admin, "admin");
    const page = await openAs(application(), admin, `/w/${workspaceId}/keys`);
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Late");
    await page.getByLabel("Read the tasks").check();
    await other.call("members.changeRole", { userId: admin.id, role: "member" }, workspaceId);
    await confirm(page, "Create the key");
    await page.getByRole("heading", { name: "This page needs another role" }).waitFor();
    await page.getByRole("status").getByText("Your role in this workspace is now Member.").waitFor();
    expect(await page.getByRole("link", { name: "Service keys" }).count()).toBe(0);
    expect((await other.call("serviceKeys.list", {}, workspaceId)).data.items).toEqual([]);
    await expectGoodPage(page);
  });
});
