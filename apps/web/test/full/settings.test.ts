import { arrive, eventually, foundWorkspace, join } from "@projostack/api/testing";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { confirm } from "../kit/dialogs.ts";
import { openAs, openWorkspace } from "../kit/people.ts";

describeInChromium("the settings of a workspace", (application) => {
  it("renames the workspace, also in the switcher", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "renames", "settings");
    const name = page.getByLabel("Name of the workspace");
    await name.waitFor();
    await expectGoodPage(page);
    await name.fill("   ");
    await page.getByRole("button", { name: "Rename the workspace" }).click();
    await eventually(async () => (await name.getAttribute("aria-invalid")) === "true");
    await expectGoodPage(page);
    await name.fill("Difference Engines");
    await page.getByRole("button", { name: "Rename the workspace" }).click();
    await page.getByRole("status").getByText("The workspace is renamed.").waitFor();
    await page.getByRole("button", { name: "Switch workspace: Difference Engines" }).waitFor();
    expect((await person.call("workspaces.get", {}, workspaceId)).data.name).toBe("Difference Engines");
  });

  it.each(["viewer", "member"] as const)("shows a %s the name, and offers to leave only", async (role) => {
    const { server } = application();
    const [admin, other] = [await arrive(server, `${role}-host`), await arrive(server, `${role}-guest`)];
    const workspaceId = await foundWorkspace(admin);
    await join(server, workspaceId, other, role);
    const page = await openAs(application(), other, `/w/${workspaceId}/settings`);
    const main = page.getByRole("main");
    await main.getByText("Engines", { exact: true }).waitFor();
    expect(await main.getByRole("button").allInnerTexts()).toEqual(["Leave the workspace"]);
    expect(await main.getByRole("textbox").count()).toBe(0);
    await expectGoodPage(page);
    await main.getByRole("button", { name: "Leave the workspace" }).click();
    await confirm(page, "Leave the workspace");
    await page.getByRole("status").getByText("You left Engines.").waitFor();
    expect((await other.call("workspaces.get", {}, workspaceId)).status).toBe(404);
  });

  it("explains the last admin why to stay", async () => {
    const { page } = await openWorkspace(application(), "stays", "settings");
    await page.getByRole("button", { name: "Leave the workspace" }).click();
    await page.getByRole("dialog").getByText("You are the only admin.").waitFor();
    await expectGoodPage(page);
  });

  it("deletes the workspace after its name was typed, and restores it", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "deletes", "settings");
    await page.getByRole("button", { name: "Delete the workspace" }).click();
    await page.getByRole("dialog", { name: "Delete Engines?" }).getByText("until").first().waitFor();
    await expectGoodPage(page);
    const typed = page.getByLabel("Type “Engines” to confirm");
    await typed.fill("engines");
    await confirm(page, "Delete the workspace");
    await page.getByRole("alert").getByText("The text does not match.").waitFor();
    expect((await person.call("workspaces.get", {}, workspaceId)).status).toBe(200);
    await typed.fill("Engines");
    await confirm(page, "Delete the workspace");
    await page.getByRole("status").getByText("Engines is deleted.").waitFor();
    expect((await person.call("workspaces.get", {}, workspaceId)).status).toBe(404);

    const deleted = page.getByRole("list", { name: "Deleted workspaces" });
    await deleted.getByText("Can be restored until").waitFor();
    await expectGoodPage(page);
    await deleted.getByRole("button", { name: "Restore Engines" }).click();
    await page.getByRole("status").getByText("Engines is restored.").waitFor();
    await page.getByRole("link", { name: "Engines" }).click();
    await page.waitForURL(`**/w/${workspaceId}/projects`);
    await page.getByRole("heading", { name: "Projects" }).waitFor();
  });

  it("the page does not delete a workspace renamed meanwhile, and asks for the new name", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "renamed", "settings");
    await page.getByRole("button", { name: "Delete the workspace" }).click();
    await page.getByLabel("Type “Engines” to confirm").fill("Engines");
    await person.call("workspaces.rename", { name: "Boats" }, workspaceId);
    await confirm(page, "Delete the workspace");
    await page.getByRole("alert").getByText("The name of the workspace has changed.").waitFor();
    await page.getByLabel("Type “Boats” to confirm").waitFor();
    await expectGoodPage(page);
    expect((await person.call("workspaces.get", {}, workspaceId)).status).toBe(200);
  });

  it("says that the role has changed meanwhile, and takes the controls away", async () => {
    const { server } = application();
    const [admin, other] = [await arrive(server, "fell"), await arrive(server, "rose")];
    const workspaceId = await foundWorkspace(other);
    await join(server, workspaceId, admin, "admin");
    const page = await openAs(application(), admin, `/w/${workspaceId}/settings`);
    await page.getByLabel("Name of the workspace").fill("Taken over");
    await other.call("members.changeRole", { userId: admin.id, role: "viewer" }, workspaceId);
    await page.getByRole("button", { name: "Rename the workspace" }).click();
    await page.getByRole("status").getByText("Your role in this workspace is now Viewer.").waitFor();
    await page.getByLabel("Name of the workspace").waitFor({ state: "detached" });
    expect(await page.getByRole("button", { name: "Delete the workspace" }).count()).toBe(0);
    expect((await other.call("workspaces.get", {}, workspaceId)).data.name).toBe("Engines");
  });

  it("shows why a workspace cannot be restored, and updates the lists", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "twice");
    await person.call("workspaces.delete", { name: "Engines" }, workspaceId);
    await page.getByRole("link", { name: "ProjoStack, your workspaces" }).click();
    const restore = page.getByRole("button", { name: "Restore Engines" });
    await restore.waitFor();
    await application().server.database.owner(
      "UPDATE workspaces SET deleted_at = now() - interval '31 days' WHERE id = $1",
      [workspaceId],
    );
    await restore.click();
    await page.getByRole("alert").getByText("This workspace does not exist").waitFor();
    await restore.waitFor({ state: "detached" });
    await expectGoodPage(page);
  });
});
