import { type PreparedQuery, taskQuery } from "@projostack/db";
import { Failure } from "../../rpc/failure.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toTask } from "./task.ts";

/** One task. @throws Failure task.not_found */
export async function getTask(ws: ReadWs<"task:read">, { id }: { id: string }) {
  const task = await ws.db.sql.tasks.find(id);
  if (!task) throw new Failure("task.not_found");
  return toTask(task);
}

/** What it asks. */
export const prepareTaskQuery = ({ id }: { id: string }): PreparedQuery<object> => taskQuery(id);
