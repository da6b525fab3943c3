import { stat } from "node:fs/promises";

import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { runProgram, type UnprivilegedUser } from "./run-program.ts";

/**
 * The user who runs PostgreSQL when the server runs as root, because PostgreSQL refuses to run as root. It is the owner of
 * the first of `directories` that does not belong to root, or the first of `names` that exists.
 *
 * @returns undefined when the server does not run as root
 * @throws EmbeddedPostgresError no_user
 */
export async function unprivilegedUser(
  directories: readonly string[],
  names: readonly string[] = ["postgres", "nobody"],
): Promise<UnprivilegedUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const directory of directories) {
    const owner = await stat(directory).catch(() => undefined);
    if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  for (const name of names) {
    const user = await lookUp(name);
    if (user) return user;
  }
  throw new EmbeddedPostgresError(
    "no_user",
    `PostgreSQL does not run as root and there is no user ${names.join(" or ")} to run it: start the server as an ordinary user, add one (useradd --system postgres), or set DATABASE_URL.`,
  );
}

/** Looks a user up with `id`, which uses every source of users of the system. /etc/passwd is only one of them. */
async function lookUp(name: string): Promise<UnprivilegedUser | undefined> {
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map((flag) => runProgram({ file: "id", args: [flag, name] })),
  );
  if (!uid?.ok || !gid?.ok) return undefined;
  const user = { uid: Number(uid.output), gid: Number(gid.output) };
  return Number.isInteger(user.uid) && Number.isInteger(user.gid) && user.uid !== 0 ? user : undefined;
}
