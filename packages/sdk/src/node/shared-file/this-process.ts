import { system } from "./system.ts";

/** Identifies this process, and tells whether another process of the same host runs. */
export interface Self {
  readonly pid: number;
  readonly host: string;
  /** Processes of one host see each other's ids only within one namespace. Absent where the system has none. */
  readonly namespace?: string | undefined;
  readonly isRunning: (pid: number) => boolean;
}

/** Returns this process. */
export function thisProcess(): Self {
  const { hostname } = system().getBuiltinModule("node:os");
  return { pid: system().pid, host: hostname(), namespace: namespaceOfProcessIds(), isRunning };
}

/** Containers with the host's network share its name, but each has process ids of its own. */
function namespaceOfProcessIds(): string | undefined {
  try {
    return system().getBuiltinModule("node:fs").readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has namespaces.
    return undefined;
  }
}

/** Returns true when a process with this id runs on this machine, also one of another user. */
export function isRunning(pid: number): boolean {
  try {
    // Signal 0 sends nothing: it only checks that the process exists.
    return system().kill(pid, 0) && !isZombie(pid);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Returns true for a process that has ended and still exists, because its parent has not asked for its result. */
function isZombie(pid: number): boolean {
  try {
    const stat = system().getBuiltinModule("node:fs").readFileSync(`/proc/${pid}/stat`, "utf8");
    // The state follows the name of the program, which is in parentheses and may contain any character.
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    // Only Linux has these files.
    return false;
  }
}
