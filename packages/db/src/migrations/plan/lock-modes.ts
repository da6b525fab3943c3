// PostgreSQL's table locks, from the weakest to the strongest, and the calls of servers that they block.
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES

export const lockModes = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;

export type LockMode = (typeof lockModes)[number];
export type Blocked = "no calls" | "writes" | "reads and writes";

export function blockedBy(mode: LockMode): Blocked {
  if (mode === "ACCESS EXCLUSIVE") return "reads and writes";
  return lockModes.indexOf(mode) >= lockModes.indexOf("SHARE") ? "writes" : "no calls";
}

export const stronger = (a: LockMode, b: LockMode): LockMode =>
  lockModes.indexOf(a) >= lockModes.indexOf(b) ? a : b;
