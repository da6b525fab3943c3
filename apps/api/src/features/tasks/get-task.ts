import { type PreparedQuery, taskQuery } from "@projostack/db";
import { Failure } from "../../rpc/failures/failure.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toTask } from "./task.ts";

/** Returns a task. @throws Failure task.not_found */
export async function getTask(ws: ReadWs<"task:read">, { id }: { id: string }) {
  const task = await ws.db.sql.tasks.find(id);
  if (!task) throw new Failure("task.not_found");
  return toTask(task);
}

/** Prepares the query of `getTask` for prefetching. */
export const prepareTaskQuery = ({ id }: { id: string }): PreparedQuery<object> => taskQuery(id);
