import { arrive, eventually, foundWorkspace, join } from "@projostack/api/testing";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { openAs, openWorkspace } from "../kit/people.ts";
import { createTasks } from "../kit/workspace-data.ts";

describeInChromium("the projects of a workspace", (application) => {
  it("creates and renames a project, and leads to its tasks", async () => {
    const { page } = await openWorkspace(application(), "creates-projects");
    await page.getByText("There are no projects yet").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Create a project" }).click();
    await page.getByRole("dialog", { name: "Create a project" }).waitFor();
    await expectGoodPage(page);
    await page.getByLabel("Name", { exact: true }).fill("\u202e");
    await page.keyboard.press("Enter");
    await eventually(
      async () => (await page.getByLabel("Name", { exact: true }).getAttribute("aria-invalid")) === "true",
    );
    await page.getByLabel("Name", { exact: true }).fill("Website");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("The project “Website” is created.").waitFor();
    const list = page.getByRole("list", { name: "Projects" });
    await list.getByRole("link", { name: "Website" }).waitFor();

    await page.getByRole("button", { name: "Rename “Website”" }).click();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Website");
    await page.getByLabel("Name", { exact: true }).fill("Website 2026");
    await page.getByRole("button", { name: "Rename the project" }).click();
    await list.getByRole("link", { name: "Website 2026" }).waitFor();
    await expectGoodPage(page);
    await list.getByRole("link", { name: "Website 2026" }).click();
    await page.getByRole("heading", { name: "Tasks" }).waitFor();
    await eventually(
      async () => (await page.getByLabel("Project").locator(":checked").innerText()) === "Website 2026",
    );
  });

  it("lets the user select one of two names that were given at the same time", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "renames-projects");
    const { projectId } = await createTasks(person, workspaceId, "Website", []);
    await page.reload();
    await page.getByRole("button", { name: "Rename “Website”" }).click();
    await person.call("projects.update", { id: projectId, name: "Shop" }, workspaceId);
    await page.getByLabel("Name", { exact: true }).fill("Portal");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "The project was renamed in the meantime" }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Keep current version" }).click();
    await page.getByRole("list", { name: "Projects" }).getByRole("link", { name: "Shop" }).waitFor();
    const { data } = await person.call("projects.get", { id: projectId }, workspaceId);
    expect(data.name).toBe("Shop");
  });

  it("says how many tasks are deleted with a project, and asks for its name", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "deletes-projects");
    await createTasks(person, workspaceId, "Website", ["Write", "Review", "Publish"]);
    await createTasks(person, workspaceId, "Empty", []);
    await page.reload();
    await page.getByRole("button", { name: "Delete “Website”" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete the project?" });
    await dialog.getByText("“Website” is deleted permanently, with 3 tasks.").waitFor();
    await dialog.getByLabel("Type “Website” to confirm").fill("Empty");
    await dialog.getByRole("button", { name: "Delete the project" }).click();
    await dialog.getByRole("alert").getByText("The text does not match.").waitFor();
    await expectGoodPage(page);
    await dialog.getByLabel("Type “Website” to confirm").fill("Website");
    await dialog.getByRole("button", { name: "Delete the project" }).click();
    await page.getByRole("status").getByText("The project “Website” is deleted.").waitFor();
    const list = page.getByRole("list", { name: "Projects" });
    expect(await list.getByRole("link").allInnerTexts()).toEqual(["Empty"]);
    await eventually(() => page.evaluate(() => document.activeElement?.textContent?.startsWith("Empty")));

    await page.getByRole("button", { name: "Delete “Empty”" }).click();
    await dialog.getByText("“Empty” is deleted permanently. Nobody can restore it.").waitFor();
    expect(await dialog.getByRole("textbox").count()).toBe(0);
    await dialog.getByRole("button", { name: "Delete the project" }).click();
    await page.getByText("There are no projects yet").waitFor();
  });

  it("the page does not delete a project that was renamed in the meantime", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "deletes-renamed");
    const { projectId } = await createTasks(person, workspaceId, "Website", []);
    await page.reload();
    await page.getByRole("button", { name: "Delete “Website”" }).click();
    await page.getByRole("dialog").getByText("“Website” is deleted permanently.").waitFor();
    await person.call("projects.update", { id: projectId, name: "Shop" }, workspaceId);
    await page.getByRole("button", { name: "Delete the project" }).click();
    await page.getByRole("dialog").getByText("“Shop” is deleted permanently.").waitFor();
    await page.getByRole("dialog").getByRole("alert").waitFor();
    expect((await person.call("projects.get", { id: projectId }, workspaceId)).status).toBe(200);
    await page.getByRole("button", { name: "Delete the project" }).click();
    await page.getByText("There are no projects yet").waitFor();
  });

  it("searches and orders the projects, and keeps both in the address", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "searches-projects");
    for (const name of ["Website", "Shop", "Web service"]) await createTasks(person, workspaceId, name, []);
    await page.reload();
    const names = () => page.getByRole("list", { name: "Projects" }).getByRole("link").allInnerTexts();
    await eventually(async () => (await names()).join() === "Web service,Shop,Website");
    await page.getByLabel("Search", { exact: true }).fill("web");
    await eventually(async () => (await names()).join() === "Web service,Website");
    await page.getByLabel("Order", { exact: true }).selectOption("Oldest first");
    await eventually(async () => (await names()).join() === "Website,Web service");
    expect(new URL(page.url()).search).toBe("?search=web&order=oldest");
    await page.reload();
    await eventually(async () => (await names()).join() === "Website,Web service");
    await page.goBack();
    await eventually(async () => (await names()).join() === "Web service,Website");
    await page.goBack();
    await eventually(async () => (await page.getByLabel("Search", { exact: true }).inputValue()) === "");
    await page.getByLabel("Search", { exact: true }).fill("engine");
    await page.getByText("No project matches the search").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Clear the search" }).click();
    await eventually(async () => (await names()).length === 3);
  });

  it("offers members no deletion, and viewers no change", async () => {
    const { server } = application();
    const owner = await arrive(server, "owns-projects");
    const workspaceId = await foundWorkspace(owner);
    await createTasks(owner, workspaceId, "Website", []);
    const buttons = async (role: "member" | "viewer") => {
      const person = await arrive(server, `${role}-of-projects`);
      await join(server, workspaceId, person, role);
      const page = await openAs(application(), person, `/w/${workspaceId}/projects`);
      await page.getByRole("link", { name: "Website" }).waitFor();
      await expectGoodPage(page);
      const all = page.getByRole("main").getByRole("button");
      return await all.evaluateAll((found) =>
        found.map((button) => button.getAttribute("aria-label") ?? button.textContent),
      );
    };
    expect(await buttons("member")).toEqual(["Create a project", "Rename “Website”"]);
    expect(await buttons("viewer")).toEqual([]);
  });
});
