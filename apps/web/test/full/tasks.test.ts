import { arrive, eventually, foundWorkspace, join } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { openAs, openWorkspace } from "../kit/people.ts";
import { createTasks } from "../kit/workspace-data.ts";

const rowsOf = (page: Page) => page.getByRole("list", { name: "Tasks" }).getByRole("listitem");

describeInChromium("the tasks of a workspace", (application) => {
  it("leads to the projects if there are none, and creates a task in a project", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "creates-tasks", "tasks");
    await page.getByText("Create a project first.").waitFor();
    expect(await page.getByRole("button", { name: "Create a task" }).count()).toBe(0);
    await expectGoodPage(page);
    await createTasks(person, workspaceId, "Website", []);
    const { projectId } = await createTasks(person, workspaceId, "Shop", []);
    await page.goto(`${application().url}/w/${workspaceId}/tasks?project=${projectId}`);
    await page.getByText("No task matches the filters").waitFor();
    await page.getByRole("button", { name: "Create a task" }).click();
    const dialog = page.getByRole("dialog", { name: "Create a task" });
    expect(await dialog.getByLabel("Project").locator(":checked").innerText()).toBe("Shop");
    await expectGoodPage(page);
    await dialog.getByLabel("Title").fill("Write the release notes");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("The task is created.").waitFor();
    const row = rowsOf(page).filter({ hasText: "Write the release notes" });
    await row.getByText("Shop · by you").waitFor();
    await expectGoodPage(page);

    await page.getByLabel("Status", { exact: true }).selectOption("Done");
    await page.getByText("No task matches the filters").waitFor();
    await page.getByRole("button", { name: "Create a task" }).click();
    await dialog.getByLabel("Title").fill("Check the links");
    await page.keyboard.press("Enter");
    await page.getByText("The present filters or order do not show it.").waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await eventually(async () => (await rowsOf(page).count()) === 2);
  });

  it("changes the status with one click", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "sets-status");
    const { taskIds } = await createTasks(person, workspaceId, "Website", ["Write"]);
    await page.getByRole("link", { name: "Tasks" }).click();
    const status = page.getByRole("group", { name: "Status of “Write”" });
    let isHeld = true;
    await page.route("**/trpc/tasks.update*", async (route) => {
      await eventually(() => !isHeld);
      await route.continue();
    });
    await status.getByRole("button", { name: "Done" }).click();
    // The page does not wait for the answer of the server.
    await status.getByRole("button", { name: "Done", pressed: true }).waitFor();
    await status.getByRole("button", { name: "Doing" }).click();
    await status.getByRole("button", { name: "Doing", pressed: true }).waitFor();
    isHeld = false;
    const read = () => person.call("tasks.get", { id: taskIds[0] }, workspaceId);
    await eventually(async () => (await read()).data.version === 3);
    expect((await read()).data.status).toBe("doing");
    await expectGoodPage(page);
  });

  it("the page takes the status back and says why if the server cannot be reached", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "rolls-back");
    await createTasks(person, workspaceId, "Website", ["Write"]);
    await page.getByRole("link", { name: "Tasks" }).click();
    const status = page.getByRole("group", { name: "Status of “Write”" });
    await page.route("**/trpc/tasks.update*", (route) => route.abort("connectionrefused"));
    await status.getByRole("button", { name: "Done" }).click();
    await rowsOf(page).getByRole("alert").getByText("The server cannot be reached.").waitFor();
    await status.getByRole("button", { name: "To do", pressed: true }).waitFor();
    await expectGoodPage(page);
    await page.unroute("**/trpc/tasks.update*");
    await page.getByRole("button", { name: "Try again" }).click();
    await status.getByRole("button", { name: "Done", pressed: true }).waitFor();
    await page.getByRole("alert").waitFor({ state: "detached" });
  });

  it("keeps the text of a task that cannot be saved without a network", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "offline-tasks");
    await createTasks(person, workspaceId, "Website", ["Write"]);
    await page.getByRole("link", { name: "Tasks" }).click();
    await rowsOf(page).getByText("Website").waitFor();
    await page.waitForLoadState("networkidle");
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Create a task" }).click();
    const dialog = page.getByRole("dialog", { name: "Create a task" });
    await dialog.getByLabel("Title").fill("Review");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText("The server cannot be reached.").waitFor();
    await expectGoodPage(page);
    await page.context().setOffline(false);
    await dialog.getByRole("button", { name: "Create the task" }).click();
    await rowsOf(page).filter({ hasText: "Review" }).waitFor();
    expect(await rowsOf(page).count()).toBe(2);
  });

  it("asks before a status replaces the one that somebody else has set", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "status-conflict");
    const { taskIds } = await createTasks(person, workspaceId, "Website", ["Write"]);
    const [id] = taskIds;
    await page.getByRole("link", { name: "Tasks" }).click();
    const status = page.getByRole("group", { name: "Status of “Write”" });
    await status.waitFor();
    // A change of the title is no conflict.
    await person.call("tasks.update", { id, title: "Write more" }, workspaceId);
    await status.getByRole("button", { name: "Doing" }).click();
    const changed = page.getByRole("group", { name: "Status of “Write more”" });
    await changed.getByRole("button", { name: "Doing", pressed: true }).waitFor();

    await person.call("tasks.update", { id, status: "todo" }, workspaceId);
    await changed.getByRole("button", { name: "Done" }).click();
    await page.getByRole("alert").getByText("Somebody set this task to “To do” in the meantime.").waitFor();
    await changed.getByRole("button", { name: "To do", pressed: true }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Set to “Done”" }).click();
    await changed.getByRole("button", { name: "Done", pressed: true }).waitFor();
    await eventually(
      async () => (await person.call("tasks.get", { id }, workspaceId)).data.status === "done",
    );
  });

  it("deletes a task after a question, and moves the focus to the next one", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "deletes-tasks");
    const { taskIds } = await createTasks(person, workspaceId, "Website", ["Write", "Review", "Publish"]);
    await page.getByRole("link", { name: "Tasks" }).click();
    await page.getByRole("button", { name: "Delete “Review”" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete the task?" });
    await dialog.getByText("“Review” is deleted permanently.").waitFor();
    await expectGoodPage(page);
    await person.call("tasks.update", { id: taskIds[1], title: "Review twice" }, workspaceId);
    await dialog.getByRole("button", { name: "Delete the task" }).click();
    await dialog.getByText("“Review twice” is deleted permanently.").waitFor();
    expect((await person.call("tasks.get", { id: taskIds[1] }, workspaceId)).status).toBe(200);
    await dialog.getByRole("button", { name: "Delete the task" }).click();
    await page.getByRole("status").getByText("The task is deleted.").waitFor();
    expect(await rowsOf(page).count()).toBe(2);
    await eventually(() => page.evaluate(() => document.activeElement?.textContent?.startsWith("Write")));
    expect((await person.call("tasks.get", { id: taskIds[1] }, workspaceId)).status).toBe(404);
  });

  it("offers viewers no change", async () => {
    const { server } = application();
    const owner = await arrive(server, "owns-tasks");
    const workspaceId = await foundWorkspace(owner);
    await createTasks(owner, workspaceId, "Website", ["Write"]);
    const viewer = await arrive(server, "views-tasks");
    await join(server, workspaceId, viewer, "viewer");
    const page = await openAs(application(), viewer, `/w/${workspaceId}/tasks`);
    await rowsOf(page).getByText("To do").waitFor();
    expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
    await expectGoodPage(page);
  });
});
