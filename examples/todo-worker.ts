// A worker in a process of its own: it takes the oldest tasks that are to be done, does them, and marks them done.
//
//   PROJO_TOKEN  a service key with the scopes task:read and task:write
//   PROJO_URL    where the server is, http://127.0.0.1:4000 when not set
//
// It tells what it did on stdout, and ends in order at SIGTERM or Ctrl-C: what it has begun it ends first.
import { setTimeout as pause } from "node:timers/promises";
import { createClient, isProjoError, type Task } from "@projostack/sdk";

const PAUSE_MS = 1_000;

const { PROJO_TOKEN: token, PROJO_URL: baseUrl = "http://127.0.0.1:4000" } = process.env;
if (!token) fail("Set PROJO_TOKEN to a service key with the scopes task:read and task:write.");
// A key is bound to its workspace, so that nothing else needs to be named.
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
  fail(explained(error));
}

/** Lists are newest first, so all pages are read before the first task is done. */
async function oldestFirst(): Promise<Task[]> {
  const waiting: Task[] = [];
  for await (const task of tasks.list({ status: "todo", limit: 100 })) waiting.push(task);
  return waiting.toReversed();
}

async function take({ id, title }: Task): Promise<void> {
  try {
    await tasks.update({ id, status: "doing" });
    await work();
    await tasks.update({ id, status: "done" });
    console.log(`done: ${title}`);
  } catch (error) {
    // Somebody deleted it meanwhile.
    if (!isProjoError(error) || error.reason !== "task.not_found") throw error;
    console.log(`gone: ${title}`);
  }
}

/** Here a service of yours does what it is for. */
async function work(): Promise<void> {
  await pause(10);
}

function explained(error: unknown): string {
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
