// A process that is started again when it ends, as systemd or Kubernetes would do.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { atExit } from "./at-exit.ts";
import { identityOf } from "./identity.ts";

export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The user who runs it, if this process is root. Default: root. */
  readonly user?: string;
  readonly directory: string;
  /** Receives standard output and standard error. */
  readonly logFile: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Supervised {
  readonly name: string;
  /** @throws Error if the process does not run at the moment */
  pid(): number;
  /** Sends a signal to the process. It is started again when it ends. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal and waits for the end of the process. It is started again after that. */
  end(signal: NodeJS.Signals): Promise<Exit>;
  /** Prevents the next start until `start`, which may change the environment and the command. */
  hold(): void;
  start(change?: Pick<Partial<Program>, "command" | "env">): void;
  /** Ends the process for good: with the signal, or with SIGKILL after 5 s. */
  close(signal?: NodeJS.Signals): Promise<void>;
}

const RESTART_MS = 100;
const CLOSE_MS = 5_000;

export function supervise(program: Program): Supervised {
  let { command, env = {} } = program;
  let child: ChildProcess | null = null;
  let ended = Promise.resolve<Exit>({ code: null, signal: null });
  let isHeld = false;
  let isClosed = false;

  const spawnOne = () => {
    const log = openSync(program.logFile, "a");
    const [file = "", ...args] = command;
    const started = spawn(file, args, {
      cwd: program.directory,
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", log, log],
      ...identityOf(program.user),
    });
    closeSync(log);
    child = started;
    ended = new Promise<Exit>((resolve) => {
      started.once("exit", (code, signal) => resolve({ code, signal }));
      started.once("error", () => resolve({ code: null, signal: null }));
    });
    void ended.then(async () => {
      if (child === started) child = null;
      await delay(RESTART_MS, undefined, { ref: false });
      if (child === null && !isHeld && !isClosed) spawnOne();
    });
  };
  // The last resort, if this process ends without closing the drill.
  const ends = atExit(() => void child?.kill("SIGKILL"));
  spawnOne();
  return {
    name: program.name,
    pid: () => {
      if (child?.pid === undefined) throw new Error(`${program.name} does not run.`);
      return child.pid;
    },
    signal: (signal) => void child?.kill(signal),
    end: (signal) => {
      child?.kill(signal);
      return ended;
    },
    hold: () => {
      isHeld = true;
    },
    start: (change = {}) => {
      ({ command = command, env = env } = change);
      isHeld = false;
      if (child === null && !isClosed) spawnOne();
    },
    close: async (signal = "SIGTERM") => {
      isClosed = true;
      child?.kill("SIGCONT");
      child?.kill(signal);
      const late = delay(CLOSE_MS, null, { ref: false });
      if (child !== null && (await Promise.race([ended, late])) === null) child.kill("SIGKILL");
      await ended;
      ends();
    },
  };
}
