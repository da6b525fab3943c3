// A worker process. It takes the oldest tasks with the status todo, does them, and sets their status to done.
//
//   PROJO_TOKEN  a service key with the scopes task:read and task:write
//   PROJO_URL    the URL of the server (default: http://127.0.0.1:4000)
//
// It prints each task to stdout. At SIGTERM or Ctrl-C it finishes the current task, then exits.
import { setTimeout as pause } from "node:timers/promises";
import { createClient, isProjoError, isReason, type Task } from "@projostack/sdk";

const PAUSE_MS = 1_000;

const { PROJO_TOKEN: token, PROJO_URL: baseUrl = "http://127.0.0.1:4000" } = process.env;
if (!token) fail("Set PROJO_TOKEN to a service key with the scopes task:read and task:write.");
// A key acts in its own workspace, so the client needs no workspace id.
const { tasks } = createClient({ baseUrl, token });

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
const { signal } = stopping;

try {
  console.log("looking for tasks");
  while (!signal.aborted) {
    for (const task of await oldestFirst()) {
      if (signal.aborted) break;
      await take(task);
    }
    await pause(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
  console.log("stopped");
} catch (error) {
  fail(explain(error));
}

/** Reads all pages, because lists are newest first. @returns the tasks, oldest first */
async function oldestFirst(): Promise<Task[]> {
  return (await tasks.list({ status: "todo" }).all({ max: Infinity })).toReversed();
}

async function take({ id, title }: Task): Promise<void> {
  try {
    await tasks.update({ id, status: "doing" });
    await work();
    await tasks.update({ id, status: "done" });
    console.log(`done: ${title}`);
  } catch (error) {
    // Another user deleted the task meanwhile.
    if (!isReason(error, "task.not_found")) throw error;
    console.log(`deleted meanwhile: ${title}`);
  }
}

/** Replace this with the work of your service. */
async function work(): Promise<void> {
  await pause(10);
}

function explain(error: unknown): string {
  if (!isProjoError(error)) throw error;
  switch (error.reason) {
    case "auth.unauthenticated":
      return "The key in PROJO_TOKEN does not work: it is wrong, expired or revoked. Ask an admin for a new one.";
    case "permission.denied":
      return `The key in PROJO_TOKEN may not do ${error.operation}. Ask an admin for one with the scopes task:read and task:write.`;
    default:
      return `${error.message} (${error.operation}, request ${error.requestId ?? "unknown"})`;
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
