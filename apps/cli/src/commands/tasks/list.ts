import type { TasksListInput } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { Status } from "../../import/check-row.ts";
import { findProject } from "../../names/find-project.ts";
import { projectNames } from "../../names/project-names.ts";
import type { Server, WorkspaceClient } from "../../server.ts";
import { addPageOptions, gather, type PageOptions, printPage } from "../pages.ts";
import { statusOption } from "./status-option.ts";

interface ListOptions extends PageOptions {
  project?: string;
  status?: Status;
  search?: string;
  createdBy?: string;
  createdAfter?: string;
  createdBefore?: string;
}

export function addListTasks(tasks: Command, start: Start): void {
  addPageOptions(tasks.command("list"))
    .description("List the tasks, newest first.")
    .option("--project <id-or-name>", "only those of this project")
    .addOption(statusOption("only those with this status"))
    .option("--search <text>", "only those with this in their title, whatever its case")
    .option("--created-by <id>", "only those made by this user, or by me")
    .option(
      "--created-after <date>",
      "only those made then or later: 2026-01-31 (UTC) or 2026-01-31T12:00:00Z",
    )
    .option("--created-before <date>", "only those made before")
    .addHelpText(
      "after",
      examples([
        "projo tasks list --status todo --search login",
        "projo tasks list --project Website --created-by me --created-after 2026-01-31",
        "projo tasks list --all --json > tasks.json",
      ]),
    )
    .action(async (options: ListOptions, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const workspace = await server.workspace();
      const filters = await readFilters(server, workspace, options);
      const page = await gather(options, (asked) => workspace.tasks.list({ ...filters, ...asked }));
      const ids = cli.json ? [] : page.items.map(({ projectId }) => projectId);
      const names = await projectNames(workspace, ids);
      const filtered = Object.values(filters).some((filter) => filter !== undefined);
      printPage(cli, page, {
        columns: [
          { head: "ID", cell: ({ id }) => id },
          { head: "STATUS", cell: ({ status }) => status },
          { head: "PROJECT", cell: ({ projectId }) => names.get(projectId) ?? projectId, most: 16 },
          { head: "TITLE", cell: ({ title }) => title },
        ],
        none: filtered
          ? "No task matches."
          : "There are no tasks yet. Make one: projo tasks create TITLE --project NAME",
      });
    });
}

async function readFilters(
  { client }: Server,
  workspace: WorkspaceClient,
  { project, status, search, createdBy, createdAfter, createdBefore }: ListOptions,
): Promise<TasksListInput> {
  return {
    projectId: project === undefined ? undefined : (await findProject(workspace, project)).id,
    status,
    search,
    createdBy: createdBy === "me" ? (await client.auth.me()).user.id : createdBy,
    createdAfter: dateTime(createdAfter),
    createdBefore: dateTime(createdBefore),
  };
}

/** A day means its first moment in UTC. What else is no date and time, the server refuses in its words. */
const dateTime = (text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
