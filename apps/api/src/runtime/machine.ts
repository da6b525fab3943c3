// The machine and the process that this server runs in.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface Machine {
  readonly host: string;
  /** Identifies the boot and the process namespace, in which a process id is unique; empty where the system has neither. */
  readonly place: string;
  readonly processId: number;
  /** Whether a process of this place runs. */
  readonly isRunning: (processId: number) => boolean;
}

export const thisMachine = (): Machine => ({
  host: hostname(),
  place: placeOf(),
  processId: process.pid,
  isRunning,
});

/** Linux describes both in files. Elsewhere the place is unknown. */
function placeOf(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Another user's process answers EPERM.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
