import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

import type { Binaries } from "./binaries.ts";
import type { Place } from "./place.ts";
import { spawnOptions } from "./system/run-program.ts";
import { socketPort, type Transport } from "./transport.ts";

/** A small process that stops PostgreSQL when the server ends unexpectedly. */
export interface Guard {
  /** Sets the process to stop when the server ends. */
  watch(postmasterPid: number): void;
  /** Ends the guard after PostgreSQL has ended. */
  dismiss(): Promise<void>;
}

/**
 * Only the server holds the other end of the guard's standard input, so end-of-file means that the server has ended, by any
 * signal. The first line is the pid to stop; a second line ends the guard without stopping it. A shell uses 1 MB of memory,
 * Node 40 MB. The pid cannot belong to another process, because the server reaps PostgreSQL and then dismisses the guard.
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

/** Windows has no signals and no standard shell, so Node runs the guard. */
const windowsGuard = `
let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => {
  if (input.split("\\n").length === 2)
    require("node:child_process").spawnSync(process.argv[1], ["stop", "-m", "fast", "-D", process.argv[2]]);
});
`;

/** Starts the guard. Call it before PostgreSQL starts. The guard has its own session, so that Ctrl-C does not end it. */
export function startGuard(place: Place, binaries: Binaries, transport: Transport): Guard {
  const isWindows = process.platform === "win32";
  const socketDirectory = transport.kind === "socket" ? transport.directory : "";
  const file = isWindows ? process.execPath : "/bin/sh";
  const args = isWindows
    ? ["-e", windowsGuard, binaries.pgCtl, place.cluster]
    : ["-c", posixGuard, "projo-guard", socketDirectory, String(socketPort)];
  const child = spawn(file, args, {
    ...spawnOptions(place.user),
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<true>((resolve) => {
    child.once("exit", () => resolve(true));
    child.once("error", () => resolve(true));
  });
  // If the guard was killed, writing to it fails. The database keeps running, and the next start stops it after a crash.
  child.stdin.on("error", () => {});
  // A running guard must not keep the server's process alive.
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
