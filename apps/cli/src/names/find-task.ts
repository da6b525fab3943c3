import { isReason } from "@projostack/sdk";
import { CliError, usageError } from "../cli-error.ts";
import type { WorkspaceClient } from "../connection/server.ts";
import { readId, readIdPrefix } from "./ids.ts";
import type { Named } from "./named.ts";
import { MAX_CANDIDATES, pickByPrefix } from "./pick-by-name.ts";

/**
 * Finds the task whose id begins with this text, with one request. Returns a whole id without a request: the server checks it.
 * @throws CliError when there is none or more than one
 */
export async function findTask(workspace: WorkspaceClient, text: string): Promise<Named> {
  const id = readId(text);
  if (id !== undefined) return { id, name: id };
  const idPrefix = readIdPrefix(text);
  if (idPrefix === undefined) {
    throw usageError(
      `"${text}" is not the id of a task. Use the id, or its first characters: at least 4. See: projo tasks list`,
    );
  }
  const found = await tasksWithPrefix(workspace, idPrefix);
  return pickByPrefix(found, { noun: "task", name: text });
}

async function tasksWithPrefix({ tasks }: WorkspaceClient, idPrefix: string): Promise<Named[]> {
  try {
    const { items } = await tasks.list({ idPrefix, limit: MAX_CANDIDATES + 1 });
    return items.map(({ id, title }) => ({ id, name: title }));
  } catch (error) {
    if (!isReason(error, "input.invalid")) throw error;
    throw new CliError(
      "cli.server_too_old",
      "This server is too old to find a task by the beginning of its id. Use the whole id.",
      { cause: error },
    );
  }
}
