import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

import type { Binaries } from "./binaries.ts";
import type { Place } from "./place.ts";
import { surroundings } from "./system/run-program.ts";
import { socketPort, type Transport } from "./transport.ts";

/** A small process that outlives the server just long enough to stop its PostgreSQL. */
export interface Guard {
  /** Tells it whom to stop when the server is gone. */
  watch(postmasterPid: number): void;
  /** Ends it: PostgreSQL has ended, there is nothing left to guard. */
  dismiss(): Promise<void>;
}

/**
 * Its standard input is a pipe whose other end only the server holds, so end-of-file means that the server ended,
 * by whatever signal. The first line is the pid; a second one says that all is well. A shell takes 1 MB where
 * Node takes 40. The pid cannot be another process's by then: the server, its parent, reaps it and says so.
 */
const posixGuard = `
if read -r pid; then
  if read -r word; then exit 0; fi
  kill -INT "$pid"
  n=0; while [ $n -lt 50 ] && kill -0 "$pid"; do sleep 0.1; n=$((n+1)); done
  kill -QUIT "$pid" && sleep 1
fi
if [ -n "$1" ]; then rm -f "$1/.s.PGSQL.$2" "$1/.s.PGSQL.$2.lock"; rmdir "$1"; fi
`;

/** Windows has neither a shell to rely on nor signals. */
const windowsGuard = `
let said = "";
process.stdin.on("data", (chunk) => (said += chunk));
process.stdin.on("end", () => {
  if (said.split("\\n").length === 2)
    require("node:child_process").spawnSync(process.argv[1], ["stop", "-m", "fast", "-D", process.argv[2]]);
});
`;

/** Started before PostgreSQL, so that there is no moment without it; in its own session, out of reach of Ctrl-C. */
export function startGuard(place: Place, binaries: Binaries, transport: Transport): Guard {
  const isWindows = process.platform === "win32";
  const socketDirectory = transport.kind === "socket" ? transport.directory : "";
  const file = isWindows ? process.execPath : "/bin/sh";
  const args = isWindows
    ? ["-e", windowsGuard, binaries.pgCtl, place.cluster]
    : ["-c", posixGuard, "projo-guard", socketDirectory, String(socketPort)];
  const child = spawn(file, args, {
    ...surroundings(place.user),
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<true>((resolve) => {
    child.once("exit", () => resolve(true));
    child.once("error", () => resolve(true));
  });
  // Someone may end the guard; the database goes on, and the next start clears up after a crash.
  child.stdin.on("error", () => {});
  // The guard waits for the server, never the server for the guard.
  child.unref();
  return {
    watch: (postmasterPid) => void child.stdin.write(`${postmasterPid}\n`),
    dismiss: async () => {
      child.ref();
      child.stdin.end("done\n");
      if (await Promise.race([ended, delay(2000, false, { ref: false })])) return;
      child.kill("SIGKILL");
      await ended;
    },
  };
}
