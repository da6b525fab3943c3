import { eventually } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { openWorkspace } from "../kit/people.ts";
import { createTasks } from "../kit/workspace-data.ts";

async function editTitle(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole("button", { name: `Edit “${from}”` }).click();
  await page.getByRole("dialog").getByLabel("Title").fill(to);
}

const save = (page: Page) => page.getByRole("button", { name: "Save the task" }).click();

const hasTask = (page: Page, title: string) =>
  page.getByRole("list", { name: "Tasks" }).getByText(title, { exact: true }).waitFor();

describeInChromium("editing a task", (application) => {
  /** Two tabs that show one task, of which the second one has saved another title first. */
  const openConflict = async (name: string) => {
    const { page, person, workspaceId } = await openWorkspace(application(), name);
    const { taskIds } = await createTasks(person, workspaceId, "Website", ["Write"]);
    await page.getByRole("link", { name: "Tasks" }).click();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await editTitle(page, "Write", "Write the release notes");
    await editTitle(other, "Write", "Write the announcement");
    await other.getByRole("dialog").getByLabel("Status").selectOption("Doing");
    await save(other);
    await hasTask(other, "Write the announcement");
    await save(page);
    await page.getByRole("dialog", { name: "The task was changed in the meantime" }).waitFor();
    const read = async () =>
      (await person.call("tasks.get", { id: taskIds[0] }, workspaceId)).data as { title: string };
    return { page, other, read };
  };

  it("saves the title, the status and the project", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "edits-tasks");
    const { taskIds } = await createTasks(person, workspaceId, "Website", ["Write"]);
    const { projectId } = await createTasks(person, workspaceId, "Shop", []);
    await page.getByRole("link", { name: "Tasks" }).click();
    await editTitle(page, "Write", "  ");
    await save(page);
    const title = page.getByLabel("Title");
    await eventually(async () => (await title.getAttribute("aria-invalid")) === "true");
    expect(await title.evaluate((input) => input === document.activeElement)).toBe(true);
    await expectGoodPage(page);
    await title.fill("Write more");
    await page.getByRole("dialog").getByLabel("Project").selectOption("Shop");
    await page.getByRole("dialog").getByLabel("Status").selectOption("Done");
    await save(page);
    await hasTask(page, "Write more");
    await page.getByText("Shop · by you").waitFor();
    const { data } = await person.call("tasks.get", { id: taskIds[0] }, workspaceId);
    expect(data).toMatchObject({ title: "Write more", status: "done", projectId, version: 2 });
  });

  it("shows both versions of a task that was changed in two tabs, and saves the own one", async () => {
    const { page, read } = await openConflict("conflict-mine");
    const cells = await page.getByRole("row").filter({ hasText: "Title" }).getByRole("cell").allInnerTexts();
    expect(cells).toEqual(["Write the release notes", "Write the announcement"]);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Somebody changed");
    await expectGoodPage(page);
    expect(await read()).toMatchObject({ title: "Write the announcement", version: 2 });
    await page.getByRole("button", { name: "Save your version" }).click();
    await hasTask(page, "Write the release notes");
    // The status was edited in the other tab only, so it stays.
    expect(await read()).toMatchObject({ title: "Write the release notes", status: "doing", version: 3 });
  });

  it("keeps the current version", async () => {
    const { page, read } = await openConflict("conflict-theirs");
    await page.getByRole("button", { name: "Keep current version" }).click();
    await page.getByRole("status").getByText("The task keeps its current version.").waitFor();
    await hasTask(page, "Write the announcement");
    expect(await read()).toMatchObject({ title: "Write the announcement", version: 2 });
  });

  it("asks again if the task changes while the user selects a version", async () => {
    const { page, other, read } = await openConflict("conflict-again");
    await editTitle(other, "Write the announcement", "Write the invitation");
    await save(other);
    await hasTask(other, "Write the invitation");
    await page.getByRole("button", { name: "Save your version" }).click();
    await page.getByRole("cell", { name: "Write the invitation" }).waitFor();
    expect((await read()).title).toBe("Write the invitation");
    await page.getByRole("button", { name: "Save your version" }).click();
    await hasTask(page, "Write the release notes");
    expect(await read()).toMatchObject({ title: "Write the release notes", version: 4 });
  });
});
