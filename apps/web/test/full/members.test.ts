import { arrive, eventually, foundWorkspace, join, type Person } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { confirm } from "../kit/dialogs.ts";
import { openAs, openWorkspace } from "../kit/people.ts";

const memberRow = (page: Page, { email }: Person) =>
  page.getByRole("list", { name: "Members" }).getByRole("listitem").filter({ hasText: email });

const roleIn = async (person: Person, workspaceId: string) =>
  String((await person.call("workspaces.get", {}, workspaceId)).data.role);

describeInChromium("the page of members", (application) => {
  /** Opens the page of members as an admin, with another user of the role in the workspace. */
  const openWith = async (name: string, role: "viewer" | "member" | "admin") => {
    const { server } = application();
    const admin = await arrive(server, `${name}-admin`);
    const other = await arrive(server, `${name}-other`);
    const workspaceId = await foundWorkspace(admin);
    await join(server, workspaceId, other, role);
    const page = await openAs(application(), admin, `/w/${workspaceId}/members`);
    await memberRow(page, other).waitFor();
    return { admin, other, workspaceId, page };
  };

  it("changes the role of a member", async () => {
    const { other, workspaceId, page } = await openWith("changed", "viewer");
    await expectGoodPage(page);
    await page.getByRole("button", { name: `Change role of ${other.email}` }).click();
    await page.getByRole("dialog", { name: `Change the role of ${other.email}` }).waitFor();
    await page.getByRole("dialog").getByLabel("Role").selectOption("Member");
    await page.getByText("Reads everything, creates and changes projects").waitFor();
    await expectGoodPage(page);
    await confirm(page, "Change the role");
    await page.getByRole("status").getByText(`The role of ${other.email} is now Member.`).waitFor();
    await memberRow(page, other).getByText("Member", { exact: true }).waitFor();
    expect(await roleIn(other, workspaceId)).toBe("member");
  });

  it("asks again before an admin gives up the own rights, and updates the page", async () => {
    const { admin, workspaceId, page } = await openWith("steps-down", "admin");
    await page.getByRole("button", { name: `Change role of ${admin.email}` }).click();
    await page.getByRole("dialog").getByLabel("Role").selectOption("Viewer");
    await confirm(page, "Change the role");
    await page.getByRole("dialog", { name: "Give up your rights as an admin?" }).waitFor();
    expect(await roleIn(admin, workspaceId)).toBe("admin");
    await expectGoodPage(page);
    await confirm(page, "Give up the rights");
    await page.getByRole("status").getByText("Your role in this workspace is now Viewer.").waitFor();
    await eventually(async () => (await page.getByRole("button", { name: /^Remove|^Change/ }).count()) === 0);
    expect(await page.getByRole("link", { name: "Service keys" }).count()).toBe(0);
    expect(await roleIn(admin, workspaceId)).toBe("viewer");
  });

  it("explains to the only admin why the role stays", async () => {
    const { admin, page } = await openWith("only", "member");
    await page.getByRole("button", { name: `Change role of ${admin.email}` }).click();
    await page.getByRole("dialog").getByText("You are the only admin.").waitFor();
    await expectGoodPage(page);
    expect(await page.getByRole("dialog").getByRole("button", { name: "Change the role" }).count()).toBe(0);
    await confirm(page, "OK");
    await page.getByRole("button", { name: "Leave the workspace" }).click();
    await page.getByRole("dialog").getByText("You are the only admin.").waitFor();
  });

  it("shows why the server refuses to let the last admin go", async () => {
    const { admin, other, workspaceId, page } = await openWith("last", "admin");
    await page.getByRole("button", { name: "Leave the workspace" }).click();
    await page.getByText("You lose access at once").waitFor();
    await other.call("workspaces.leave", { workspaceId });
    await confirm(page, "Leave the workspace");
    await page.getByRole("alert").getByText("A workspace must keep at least one admin.").waitFor();
    expect(await roleIn(admin, workspaceId)).toBe("admin");
  });

  it("removes a member, and names the service keys that keep working", async () => {
    const { other, workspaceId, page } = await openWith("removed", "admin");
    const key = { name: "Deploy bot", scopes: ["task:read"] };
    await other.call("serviceKeys.create", key, workspaceId);
    await page.getByRole("button", { name: `Remove ${other.email}` }).click();
    await page.getByRole("dialog", { name: `Remove ${other.email}?` }).waitFor();
    await expectGoodPage(page);
    await confirm(page, "Remove the member");
    const keysLeft = page.getByRole("dialog", { name: "Service keys keep working" });
    await keysLeft.getByText("Deploy bot").waitFor();
    await expectGoodPage(page);
    expect((await other.call("workspaces.get", {}, workspaceId)).status).toBe(404);
    await keysLeft.getByRole("link", { name: "Go to the service keys" }).click();
    await page.getByRole("heading", { name: "Service keys" }).waitFor();
    await page.getByText("has left the workspace").waitFor();
  });

  it("moves the focus to the heading after the row of the removed member has gone", async () => {
    const { other, page } = await openWith("gone", "viewer");
    await page.getByRole("button", { name: `Remove ${other.email}` }).click();
    await confirm(page, "Remove the member");
    await memberRow(page, other).waitFor({ state: "detached" });
    await eventually(
      async () => (await page.evaluate(() => document.activeElement?.textContent)) === "Members",
    );
  });

  it("leaves the workspace", async () => {
    const { other, workspaceId } = await openWith("leaves", "member");
    const page = await openAs(application(), other, `/w/${workspaceId}/members`);
    await page.getByRole("button", { name: "Leave the workspace" }).click();
    await page.getByRole("dialog", { name: "Leave Engines?" }).waitFor();
    await expectGoodPage(page);
    await confirm(page, "Leave the workspace");
    await page.getByRole("status").getByText("You left Engines.").waitFor();
    await page.getByText("You have no workspace yet").waitFor();
    expect(new URL(page.url()).pathname).toBe("/workspaces");
  });

  it.each(["viewer", "member"] as const)("offers a %s nothing but to leave", async (role) => {
    const { admin, other, workspaceId } = await openWith(`as-${role}`, role);
    const page = await openAs(application(), other, `/w/${workspaceId}/members`);
    await memberRow(page, admin).waitFor();
    const buttons = page.getByRole("main").getByRole("button");
    expect(await buttons.allInnerTexts()).toEqual(["Leave"]);
    expect(await page.getByRole("main").getByRole("link").count()).toBe(0);
    await expectGoodPage(page);
    for (const section of ["invites", "keys"]) {
      await page.goto(`${application().url}/w/${workspaceId}/${section}`);
      await page.getByRole("heading", { name: "This page needs another role" }).waitFor();
    }
  });

  it("says that the role has changed meanwhile, and takes the controls away", async () => {
    const { admin, other, workspaceId, page } = await openWith("meanwhile", "admin");
    await page.getByRole("button", { name: `Remove ${other.email}` }).click();
    await other.call("members.changeRole", { userId: admin.id, role: "viewer" }, workspaceId);
    await confirm(page, "Remove the member");
    await page.getByRole("alert").getByText("Your role in this workspace does not allow this.").waitFor();
    await page.getByRole("status").getByText("Your role in this workspace is now Viewer.").waitFor();
    await expectGoodPage(page);
    await confirm(page, "Cancel");
    expect(await page.getByRole("button", { name: /^Remove|^Change/ }).count()).toBe(0);
    expect(await roleIn(other, workspaceId)).toBe("admin");
  });

  it("shows the missing workspace to a user who was removed meanwhile", async () => {
    const { admin, other, workspaceId } = await openWith("outside", "member");
    const page = await openAs(application(), other, `/w/${workspaceId}/members`);
    await memberRow(page, admin).waitFor();
    await admin.call("members.remove", { userId: other.id }, workspaceId);
    await page.getByLabel("Search by email address").fill("admin");
    await page.getByRole("heading", { name: "Workspace not found" }).waitFor();
    expect(await page.getByText(admin.email).count()).toBe(0);
  });

  it("finds members by a part of the address and by the role", async () => {
    const { admin, other, page } = await openWith("found", "viewer");
    await page.getByLabel("Search by email address").fill("FOUND-OTHER");
    await memberRow(page, admin).waitFor({ state: "detached" });
    await memberRow(page, other).waitFor();
    await page.getByLabel("Role", { exact: true }).selectOption("Admin");
    await page.getByRole("status").getByText("No member matches").waitFor();
    await expectGoodPage(page);
    await page.getByLabel("Search by email address").fill("");
    await memberRow(page, admin).waitFor();
    expect(await memberRow(page, other).count()).toBe(0);
  });

  it("shows more members of a large workspace on request", async () => {
    const { page, workspaceId } = await openWorkspace(application(), "large");
    for (let count = 1; count <= 20; count += 1) {
      const member = await arrive(application().server, `large-${count}`);
      await join(application().server, workspaceId, member, "viewer");
    }
    await page.getByRole("link", { name: "Members" }).click();
    const items = page.getByRole("list", { name: "Members" }).getByRole("listitem");
    await eventually(async () => (await items.count()) === 20);
    await page.getByRole("button", { name: "Show more" }).click();
    await eventually(async () => (await items.count()) === 21);
  });

  it("says that the list waits for the network, and loads it afterwards", async () => {
    const { admin, page } = await openWith("offline", "viewer");
    await page.context().setOffline(true);
    await page.getByLabel("Search by email address").fill("offline-admin");
    await page.getByText("You are offline. This list loads when the network is back.").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Leave" }).waitFor({ state: "detached" });
    await page.context().setOffline(false);
    await memberRow(page, admin).waitFor();
  });

  it("says that the server cannot be reached, and keeps the dialog", async () => {
    const { other, page } = await openWith("unreachable", "viewer");
    await page.getByRole("button", { name: `Change role of ${other.email}` }).click();
    await page.getByRole("dialog").getByLabel("Role").selectOption("Member");
    await page.route("**/trpc/members.*", (route) => route.abort("connectionrefused"));
    await confirm(page, "Change the role");
    await page.getByRole("alert").getByText("The server cannot be reached.").first().waitFor();
    await page.unroute("**/trpc/members.*");
    await confirm(page, "Change the role");
    await page.getByRole("status").getByText(`The role of ${other.email} is now Member.`).waitFor();
  });
});
