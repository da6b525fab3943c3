import {
  isReason,
  type ListedTask,
  type ListOrder,
  type Page,
  type TasksListInput,
  type TaskStatus,
} from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findMember } from "../../names/find-member.ts";
import { findProject } from "../../names/find-project.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { idColumn, timeColumn, wordColumn } from "../../output/columns.ts";
import { orderOption } from "../order-option.ts";
import type { Column } from "../../terminal/table.ts";
import { addPageOptions, collectPages, type PageOptions, printPage } from "../pages.ts";
import { statusOption } from "./status-option.ts";

interface ListOptions extends PageOptions {
  order?: ListOrder;
  project?: string;
  status?: TaskStatus;
  search?: string;
  createdBy?: string;
  createdAfter?: string;
  createdBefore?: string;
}

export function addListTasks(tasks: Command, start: Start): void {
  addPageOptions(tasks.command("list"))
    .description("List the tasks of the workspace.")
    .option("--project <id-or-name>", "only tasks of this project")
    .addOption(statusOption("only tasks with this status"))
    .option("--search <text>", "only tasks whose title contains this text (not case-sensitive)")
    .option("--created-by <email-or-id>", "only tasks created by this user; me means yourself")
    .option(
      "--created-after <date>",
      "only tasks created at or after this time: 2026-01-31 (UTC) or 2026-01-31T12:00:00Z",
    )
    .option("--created-before <date>", "only tasks created before this time")
    .addOption(orderOption())
    .addHelpText(
      "after",
      examples([
        "projo tasks list --status todo --search login",
        "projo tasks list --project Website --created-by me --created-after 2026-01-31",
        "projo tasks list --order last_changed",
        "projo tasks list --all --json > tasks.json",
      ]),
    )
    .action(async (options: ListOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const filters = await readFilters(workspace, options);
      const { order } = options;
      const page = await collectPages(options, (asked) =>
        listTasks(workspace, { ...filters, order, ...asked }, { withNames: !cli.quiet }),
      );
      if (page.items.length === 0) {
        const { requireOrder } = await import("../../inputs/require-order.ts");
        requireOrder(["--created-after", filters.createdAfter], ["--created-before", filters.createdBefore]);
      }
      const filtered = Object.values(filters).some((filter) => filter !== undefined);
      await printPage(cli, page, {
        columns: taskColumns,
        none: filtered
          ? "No task matches."
          : "There are no tasks yet. Create one: projo tasks create TITLE --project NAME",
      });
    });
}

export const taskColumns: readonly Column<ListedTask>[] = [
  idColumn(({ id }) => id),
  wordColumn("STATUS", ({ status }) => status, { priority: 2 }),
  {
    head: "PROJECT",
    cell: ({ projectId, projectName }) => projectName ?? projectId,
    priority: 3,
    minWidth: 12,
    maxWidth: 30,
  },
  { head: "TITLE", cell: ({ title }) => title, minWidth: 16 },
  timeColumn("CREATED", ({ createdAt }) => createdAt),
];

/** The id takes the place of a name that the service key may not read. */
async function listTasks(
  { tasks }: WorkspaceClient,
  input: TasksListInput,
  { withNames }: { withNames: boolean },
): Promise<Page<ListedTask>> {
  if (!withNames) return tasks.list(input);
  try {
    return await tasks.list({ ...input, include: ["projectName"] });
  } catch (error) {
    // An older server does not know the field and refuses it. If something else is invalid, the second call says so.
    if (!isReason(error, "input.invalid")) throw error;
    return tasks.list(input);
  }
}

async function readFilters(
  workspace: WorkspaceClient,
  { project, status, search, createdBy, createdAfter, createdBefore }: ListOptions,
): Promise<TasksListInput> {
  return {
    projectId: project === undefined ? undefined : (await findProject(workspace, project)).id,
    status,
    search,
    createdBy: createdBy === undefined ? undefined : (await findMember(workspace, createdBy)).id,
    createdAfter: dateTime(createdAfter),
    createdBefore: dateTime(createdBefore),
  };
}

/** Converts a date to its start in UTC. The server validates every other text. */
const dateTime = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
