// Stands between a server and PostgreSQL and counts the trips that were waited for: a trip is a turn of the conversation,
// the client speaking after the server did, on any connection. The answers are held back, as by a network, so that what
// the client sends without waiting for an answer belongs to the same trip. It is a process of its own, since the one that
// measures has enough to do.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface TripProxy {
  readonly host: string;
  readonly port: number;
  /** How many trips there were since it started. Those of a request are counted when its answer is there. */
  trips(): number;
  /** How many messages that PostgreSQL has to execute were sent to it since the proxy started: Sync and Query. */
  messages(): number;
  close(): Promise<void>;
}

export interface TripProxyOptions {
  /** PostgreSQL; the host may be the directory of its unix socket. */
  readonly to: { readonly host: string; readonly port: number };
  /** How long each answer is held back, by the timer's whole milliseconds. At 0 what is sent unawaited may count as a trip. */
  readonly delayMs: number;
}

export async function startTripProxy({ to, delayMs }: TripProxyOptions): Promise<TripProxy> {
  const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
  const program = fileURLToPath(new URL("trip-proxy-process.ts", import.meta.url));
  // The count is handed over in a file: it is written before the answer leaves, and can be read without waiting. Both
  // have it open, and need no name for it.
  const counter = openSync(join(directory, "trips"), "w+");
  await rm(directory, { recursive: true });
  const child = spawn(
    process.execPath,
    ["--import", "tsx", program, to.host, String(to.port), String(delayMs)],
    // It ends when its standard input does, hence with this process, whatever ends that.
    { cwd: fileURLToPath(new URL(".", import.meta.url)), stdio: ["pipe", "pipe", "inherit", counter] },
  );
  const ended = once(child, "close");
  const close = async () => {
    child.stdin?.end();
    await ended;
    closeSync(counter);
  };
  const port = await Promise.race([portOf(child), ended.then(() => null)]);
  if (port === null) {
    await close();
    throw new Error("The proxy that counts trips did not start.");
  }
  const counts = Buffer.alloc(16);
  const read = (at: number) =>
    readSync(counter, counts, 0, counts.length, 0) === counts.length ? counts.readDoubleLE(at) : 0;
  return { host: "127.0.0.1", port, trips: () => read(0), messages: () => read(8), close };
}

function portOf({ stdout }: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve) => {
    if (stdout) createInterface({ input: stdout }).once("line", (line) => resolve(Number(line)));
  });
}
