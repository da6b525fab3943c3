import { type CountedProject, isReason } from "@projostack/sdk";
import type { WorkspaceClient } from "../../connection/server.ts";
import { countUpTo } from "../count.ts";

/** The server counts no further. */
const tasksUpTo = countUpTo(10_000);

/** Returns a project with the number of its tasks. A server that is too old to count returns it without. */
export async function getCounted({ projects }: WorkspaceClient, id: string): Promise<CountedProject> {
  try {
    return await projects.get({ id, include: ["taskCount"] });
  } catch (error) {
    if (!isReason(error, "input.invalid")) throw error;
    return projects.get({ id });
  }
}

/** Returns the number of tasks in words, if the server returned it: `1 task`. */
export const tasksOf = ({ taskCount }: Pick<CountedProject, "taskCount">): string | undefined =>
  typeof taskCount === "number" ? tasksUpTo(taskCount, "task") : undefined;
