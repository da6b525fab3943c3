import { isReason } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { examples } from "../../examples.ts";
import { findProjectId } from "../../names/find-project.ts";
import { askForProject } from "../choose.ts";
import { confirm, listTargets, YES } from "../confirm.ts";
import { count } from "../count.ts";
import { askMissingOne } from "../missing.ts";
import { doForEach } from "../several.ts";
import { getCounted, tasksOf } from "./get-counted.ts";

interface Doomed {
  id: string;
  /** Undefined if the caller may not read it, or named the project by its id and does not confirm. */
  name?: string;
  /** The number of tasks in words. */
  tasks?: string | undefined;
}

export function addDeleteProject(projects: Command, start: Start): void {
  projects
    .command("delete")
    .alias("rm")
    .description("Delete projects and all their tasks.")
    .argument("[id-or-name...]", "ids or names; - reads them from standard input")
    .option(...YES)
    .addHelpText(
      "after",
      examples(['projo projects delete "Website"', 'projo projects delete "Website" "Docs" --yes']),
    )
    .action(async (texts: string[], { yes }: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForProject(cli, "<id-or-name>"));
      const workspace = await open();
      await doForEach(cli, given, {
        noun: "project",
        done: "deleted",
        find: (text) => findDoomed(workspace, text, { isCounted: !yes }),
        async confirm(targets) {
          const described = targets.map((target) => `${nameOf(target)}${tasksIn(target)}`);
          if (!yes) listTargets(cli, described);
          const [only = ""] = described;
          const action =
            targets.length === 1
              ? `delete the project ${only}`
              : `delete ${count(targets.length, "project")} and all their tasks`;
          await confirm(cli, {
            yes,
            action,
            refused: targets.length === 1 ? "The project was not deleted." : "Nothing was deleted.",
          });
        },
        act: ({ id }) => workspace.projects.delete({ id }),
        print: ({ deletedTasks }: { deletedTasks?: number }, target) =>
          cli.message(`Deleted the project ${nameOf(target)}${deletedIn(deletedTasks)}.`),
      });
    });
}

const nameOf = ({ id, name = id }: Doomed): string => name;

function tasksIn({ tasks }: Doomed): string {
  if (tasks === undefined) return " and all its tasks";
  return tasks === "0 tasks" ? ", which has no tasks" : ` and its ${tasks}`;
}

/** An older server does not return the number. */
function deletedIn(tasks: number | undefined): string {
  if (tasks === undefined) return " and all its tasks";
  return tasks === 0 ? ", which had no tasks" : ` and its ${count(tasks, "task")}`;
}

/** The question shows the name and the number of tasks. */
async function findDoomed(
  workspace: WorkspaceClient,
  text: string,
  { isCounted }: { isCounted: boolean },
): Promise<Doomed> {
  const found = await findProjectId(workspace, text);
  if (!isCounted) return found;
  try {
    const project = await getCounted(workspace, found.id);
    return { id: found.id, name: project.name, tasks: tasksOf(project) };
  } catch (error) {
    // A service key may have project:delete without project:read.
    if (isReason(error, "permission.denied")) return found;
    throw error;
  }
}
