// The entry point: passes the process's streams and environment to `run`. The only file with an effect at import.
import { limitHeap } from "./heap-options.ts";
import type { Io } from "./io.ts";
import { run } from "./run.ts";
import { readVersion } from "./version.ts";

limitHeap(process.execArgv);
// The reader of the output may close it (`projostack mail list | head`). This does not end the process.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const io: Io = {
  env: process.env,
  columns: process.stdout.columns || 80,
  version: readVersion(),
  write: (text) => void process.stdout.write(text),
  note: (line) => void process.stderr.write(`${line}\n`),
};

const exitCode = await run(process.argv.slice(2), io);
// A database that hangs must not keep the process alive. The output to a pipe is written first.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
