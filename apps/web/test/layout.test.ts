import { arrive, foundWorkspace, join } from "@projostack/api/testing";
import { expect, it } from "vitest";
import { expectGoodPage } from "./kit/check-page.ts";
import { describeInChromium } from "./kit/describe-in-chromium.ts";
import { openAs, openWithForm, openWorkspace } from "./kit/people.ts";

describeInChromium("the layout", (application) => {
  it("moves the focus to the heading of the next page, and names it in the title", async () => {
    const { page } = await openWorkspace(application(), "focus");
    await page.getByRole("link", { name: "Tasks" }).click();
    await page.getByRole("heading", { name: "Tasks" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Tasks");
    expect(await page.title()).toBe("Tasks · ProjoStack");
    expect(await page.getByRole("link", { name: "Tasks" }).getAttribute("aria-current")).toBe("page");
  });

  it("leads the keyboard past the header, and closes menus with Escape", async () => {
    const { page, person } = await openWorkspace(application(), "keyboard");
    await page.reload();
    await page.getByRole("heading", { name: "Projects" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    expect(page.url()).not.toContain("#");
    const menu = page.getByRole("button", { name: `Account menu of ${person.email}` });
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await expectGoodPage(page);
    await page.keyboard.press("Escape");
    expect(await page.getByRole("button", { name: "Sign out" }).isVisible()).toBe(false);
    expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it("shows the sections behind a menu button on a narrow screen", async () => {
    const { page } = await openWorkspace(application(), "narrow");
    await page.setViewportSize({ width: 360, height: 700 });
    const tasks = page.getByRole("link", { name: "Tasks" });
    expect(await tasks.isVisible()).toBe(false);
    const menu = page.getByRole("button", { name: "Menu", exact: true });
    await menu.click();
    expect(await menu.getAttribute("aria-expanded")).toBe("true");
    await tasks.click();
    await page.getByRole("heading", { name: "Tasks" }).waitFor();
    expect(await tasks.isVisible()).toBe(false);
  });

  it("switches to the same section of another workspace", async () => {
    const { page, person } = await openWorkspace(application(), "switches", "members");
    const other = await foundWorkspace(person, "Difference Engines");
    await page.reload();
    await page.getByRole("button", { name: "Switch workspace: Engines" }).click();
    await page.getByRole("link", { name: "Difference Engines" }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("link", { name: "Difference Engines" }).click();
    await page.waitForURL(`**/w/${other}/members`);
    await page.getByRole("button", { name: "Switch workspace: Difference Engines" }).waitFor();
  });

  it("offers only the sections that the role allows, and explains the others", async () => {
    const { server } = application();
    const workspaceId = await foundWorkspace(await arrive(server, "owner"));
    const viewer = await arrive(server, "viewer");
    await join(server, workspaceId, viewer, "viewer");
    const page = await openWithForm(application(), viewer, `/w/${workspaceId}/audit`);
    await page.getByRole("heading", { name: "This page needs another role" }).waitFor();
    expect(
      await page.getByRole("navigation", { name: "Workspace" }).getByRole("link").allInnerTexts(),
    ).toEqual(["Projects", "Tasks", "Members", "Settings"]);
    await expectGoodPage(page);
  });

  it("says that a workspace of others does not exist, with the id of the request", async () => {
    const { server } = application();
    const workspaceId = await foundWorkspace(await arrive(server, "private"));
    const page = await openAs(application(), await arrive(server, "stranger"), `/w/${workspaceId}/tasks`);
    await page
      .getByRole("alert")
      .getByText("This workspace does not exist, or you are not a member")
      .waitFor();
    await page.getByRole("button", { name: "Copy the request id" }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("link", { name: "Go to your workspaces" }).click();
    await page.getByRole("heading", { name: "Workspaces" }).waitFor();
  });

  it("keeps the selected theme after a reload", async () => {
    const { page } = await openWorkspace(application(), "theme");
    await page.emulateMedia({ colorScheme: "light" });
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    await page.getByRole("button", { name: /Account menu/ }).click();
    await page.getByRole("radio", { name: "Dark" }).check();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await background()).toBe(dark);
    await page.getByRole("button", { name: /Account menu/ }).click();
    await page.getByRole("radio", { name: "System" }).check();
    expect(await background()).toBe(light);
  });

  it("says that the browser is offline, and loads what was missing when it is online again", async () => {
    const { page } = await openWorkspace(application(), "offline");
    await page.getByText("There are no projects yet").waitFor();
    // The script of the page is loaded before the network is lost.
    await page.getByRole("link", { name: "Members" }).click();
    await page.getByRole("heading", { name: "Members" }).waitFor();
    await page.getByRole("link", { name: "Tasks" }).click();
    await page.getByRole("heading", { name: "Tasks" }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole("status").getByText("You are offline.").waitFor();
    await expectGoodPage(page);
    await page.getByRole("link", { name: "Members" }).click();
    await page.getByRole("list", { name: "Members" }).getByText("offline@example.com").waitFor();
    await page.context().setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "detached" });
  });

  it("leads from an unknown address to the workspaces", async () => {
    const page = await application().open("/unknown");
    await page.getByRole("heading", { name: "Page not found" }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("link", { name: "Go to your workspaces" }).click();
    await page.waitForURL("**/sign-in");
  });
});
