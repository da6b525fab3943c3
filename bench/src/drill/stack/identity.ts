import { execFileSync } from "node:child_process";

/** The user and group for a child process. PostgreSQL and PgBouncer refuse to run as root. */
export function identityOf(user: string | undefined): { uid?: number; gid?: number } {
  if (user === undefined || process.getuid?.() !== 0) return {};
  return { uid: idOf("-u", user), gid: idOf("-g", user) };
}

const idOf = (flag: string, user: string): number =>
  Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
