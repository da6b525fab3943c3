// A proxy between a server and PostgreSQL that counts round trips: a round trip starts when the client sends after PostgreSQL has
// sent, on any connection. The proxy delays the responses like a network, so that messages that the client sends without waiting
// belong to the same round trip. It runs in a separate process to leave the measuring process free.
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
  /** The number of round trips since the start. The awaited ones of a request are counted before its response arrives. */
  trips(): number;
  /** The number of Sync and Query messages since the start, each of which makes PostgreSQL execute statements. */
  messages(): number;
  close(): Promise<void>;
}

export interface TripProxyOptions {
  /** The address of PostgreSQL. The host may be the directory of its Unix socket. */
  readonly to: { readonly host: string; readonly port: number };
  /** The delay of each response, in whole milliseconds. With 0, messages sent without waiting may count as a round trip. */
  readonly delayMs: number;
}

export async function startTripProxy({ to, delayMs }: TripProxyOptions): Promise<TripProxy> {
  const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
  const program = fileURLToPath(new URL("trip-proxy-process.ts", import.meta.url));
  // The processes share the counts in a file, which is written before the response is forwarded and can be read synchronously.
  // Both keep the file open, so its name is removed at once.
  const counter = openSync(join(directory, "trips"), "w+");
  await rm(directory, { recursive: true });
  const child = spawn(
    process.execPath,
    ["--import", "tsx", program, to.host, String(to.port), String(delayMs)],
    // The child exits when its standard input closes, and therefore also when this process dies.
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
    throw new Error("The round-trip proxy did not start.");
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
