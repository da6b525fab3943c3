import { arrive, eventually, foundWorkspace } from "@projostack/api/testing";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { openAs } from "../kit/people.ts";

/** The number of items in a page of a list. */
const PAGE_SIZE = 20;

describeInChromium("the page of workspaces", (application) => {
  it("shows more items of a long list on request", async () => {
    const person = await arrive(application().server, "many");
    for (let count = 1; count <= PAGE_SIZE + 1; count += 1)
      await foundWorkspace(person, `Workspace ${count}`);
    const page = await openAs(application(), person);
    const items = page.getByRole("list", { name: "Your workspaces" }).getByRole("listitem");
    await eventually(async () => (await items.count()) === PAGE_SIZE);
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Show more" }).click();
    await eventually(async () => (await items.count()) === PAGE_SIZE + 1);
    await page.getByText("Workspace 1", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
    expect(await page.getByRole("status").allInnerTexts()).toContain(`${PAGE_SIZE + 1} entries`);
  });

  it("says that the server cannot be reached, and loads the list on request", async () => {
    const person = await arrive(application().server, "unreachable");
    await foundWorkspace(person, "Engines");
    const page = await openAs(application(), person, "/account");
    await page.route("**/trpc/workspaces.list*", (route) => route.abort("connectionrefused"));
    await page.getByRole("link", { name: "ProjoStack, your workspaces" }).click();
    await page.getByRole("alert").getByText("The server cannot be reached.").waitFor();
    await expectGoodPage(page);
    await page.unroute("**/trpc/workspaces.list*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "Engines" }).waitFor();
  });

  it("keeps the dialog open with the reason when a workspace cannot be created", async () => {
    const page = await openAs(application(), await arrive(application().server, "refused"));
    await page.getByRole("button", { name: "Create a workspace" }).click();
    await page.getByLabel("Name").fill("  ");
    await page.getByRole("button", { name: "Create the workspace" }).click();
    const name = page.getByLabel("Name");
    await eventually(async () => (await name.getAttribute("aria-invalid")) === "true");
    await expectGoodPage(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Create a workspace");
  });

  it("creates one workspace when the user presses Enter again during the call", async () => {
    const person = await arrive(application().server, "impatient");
    const page = await openAs(application(), person);
    let calls = 0;
    await page.route("**/trpc/workspaces.create*", async (route) => {
      calls += 1;
      await new Promise((passed) => setTimeout(passed, 500));
      await route.continue();
    });
    await page.getByRole("button", { name: "Create a workspace" }).click();
    await page.getByLabel("Name").fill("Engines");
    await page.keyboard.press("Enter");
    await page
      .getByRole("button", { name: "Create the workspace" })
      .and(page.locator("[aria-busy=true]"))
      .waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/w/*/projects");
    expect(calls).toBe(1);
  });
});
