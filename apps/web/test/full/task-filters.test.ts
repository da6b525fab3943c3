import { arrive, eventually, join } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { openWorkspace } from "../kit/people.ts";
import { createTasks } from "../kit/workspace-data.ts";

const rowsOf = (page: Page) => page.getByRole("list", { name: "Tasks" }).getByRole("listitem");

/** Waits until the list has these tasks, in this order. */
async function expectTasks(page: Page, ...titles: string[]): Promise<void> {
  const shown = () =>
    page
      .getByRole("list", { name: "Tasks" })
      .getByRole("group")
      .evaluateAll((groups) => groups.map((group) => group.getAttribute("aria-label")));
  await eventually(async () => (await shown()).join() === titles.map((each) => `Status of “${each}”`).join());
}

describeInChromium("the filters of tasks", (application) => {
  it("filters by project, status, creator and text, and keeps the filters in the address", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "filters");
    const website = await createTasks(person, workspaceId, "Website", ["Write a text", "Review a text"]);
    const other = await arrive(application().server, "other-creator");
    await join(application().server, workspaceId, other, "member");
    await createTasks(other, workspaceId, "Shop", ["Write prices"]);
    const id = website.taskIds[0];
    await person.call("tasks.update", { id, status: "doing" }, workspaceId);
    await page.getByRole("link", { name: "Tasks" }).click();
    await expectTasks(page, "Write prices", "Review a text", "Write a text");

    await page.getByLabel("Search", { exact: true }).fill("write");
    await expectTasks(page, "Write prices", "Write a text");
    await page.getByLabel("Project").selectOption("Website");
    await expectTasks(page, "Write a text");
    await page.getByLabel("Project").selectOption("All projects");
    await page.getByLabel("Creator").selectOption("other-creator@example.com");
    await expectTasks(page, "Write prices");
    expect(await page.getByRole("button", { name: "Clear the filters" }).count()).toBe(1);
    await page.getByLabel("Status", { exact: true }).selectOption("Doing");
    await page.getByText("No task matches the filters").waitFor();
    await expectGoodPage(page);
    await page.goBack();
    await expectTasks(page, "Write prices");
    const link = page.url();
    await page.goBack();
    await expectTasks(page, "Write prices", "Write a text");
    expect(await page.getByLabel("Creator").inputValue()).toBe("");

    const shared = await page.context().newPage();
    await shared.goto(link);
    await expectTasks(shared, "Write prices");
    expect(await shared.getByLabel("Search", { exact: true }).inputValue()).toBe("write");
    expect(await shared.getByLabel("Creator").inputValue()).toBe(other.id);
  });

  it("orders the tasks", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "orders");
    const { taskIds } = await createTasks(person, workspaceId, "Website", ["A", "B", "C"]);
    await person.call("tasks.update", { id: taskIds[1], status: "done" }, workspaceId);
    await page.getByRole("link", { name: "Tasks" }).click();
    await expectTasks(page, "C", "B", "A");
    await page.getByLabel("Order", { exact: true }).selectOption("Oldest first");
    await expectTasks(page, "A", "B", "C");
    await page.getByLabel("Order", { exact: true }).selectOption("Last changed first");
    await expectTasks(page, "B", "C", "A");
    expect(new URL(page.url()).search).toBe("?order=last_changed");
  });

  it("shows 160 tasks page by page, and changes one of the last without reading them again", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "many-tasks");
    const titles = Array.from({ length: 160 }, (_, index) => `Task ${index + 1}`);
    await createTasks(person, workspaceId, "Website", titles);
    await page.getByRole("link", { name: "Tasks" }).click();
    await page.getByRole("button", { name: "Show more" }).waitFor();
    await expectGoodPage(page);
    for (const count of [50, 100, 150]) {
      await eventually(async () => (await rowsOf(page).count()) === count);
      await page.getByRole("button", { name: "Show more" }).click();
    }
    await eventually(async () => (await rowsOf(page).count()) === 160);
    await page.getByRole("status").getByText("160 entries").waitFor();
    expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
    let reads = 0;
    page.on("request", (request) => {
      if (request.url().includes("/trpc/tasks.list")) reads += 1;
    });
    const last = page.getByRole("group", { name: "Status of “Task 1”", exact: true });
    await last.getByRole("button", { name: "Done" }).click();
    await last.getByRole("button", { name: "Done", pressed: true }).waitFor();
    await page.getByRole("button", { name: "Delete “Task 2”", exact: true }).click();
    await page.getByRole("button", { name: "Delete the task" }).click();
    await eventually(async () => (await rowsOf(page).count()) === 159);
    expect(reads).toBe(0);
  });

  it("finds a project that is not among the first 100", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "many-projects");
    await createTasks(person, workspaceId, "The first project", ["Write"]);
    for (let count = 1; count <= 100; count += 1)
      await person.call("projects.create", { name: `Project ${count}` }, workspaceId);
    await page.getByRole("link", { name: "Tasks" }).click();
    await rowsOf(page).getByText("The first project").waitFor();
    await page.getByLabel("Find a project").fill("first");
    await page.getByLabel("Project", { exact: true }).selectOption("The first project");
    await expectTasks(page, "Write");
    await expectGoodPage(page);
    await page.reload();
    await eventually(
      async () =>
        (await page.getByLabel("Project", { exact: true }).locator(":checked").innerText()) ===
        "The first project",
    );
  });
});
