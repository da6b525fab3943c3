// The programs of Debian that the drill runs.
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Programs {
  readonly haproxy: string;
  readonly pgbouncer: string;
  readonly redis: string;
  /** The directory with `postgres` and `pg_basebackup`. */
  readonly postgres: string;
  /** The library that changes the clock of a process. */
  readonly faketime: string;
}

/** @returns the programs, or the command that installs those that are missing */
export function findPrograms(): Programs | { readonly missing: string } {
  const found = {
    haproxy: pathOf("haproxy"),
    pgbouncer: pathOf("pgbouncer"),
    redis: pathOf("redis-server"),
    postgres: newestPostgres(),
    faketime: faketimeLibrary(),
  };
  const packages = {
    haproxy: "haproxy",
    pgbouncer: "pgbouncer",
    redis: "redis-server",
    postgres: "postgresql",
    faketime: "faketime",
  };
  const { haproxy, pgbouncer, redis, postgres, faketime } = found;
  if (haproxy && pgbouncer && redis && postgres && faketime) {
    return { haproxy, pgbouncer, redis, postgres, faketime };
  }
  const names = Object.keys(packages) as (keyof typeof packages)[];
  const missing = names.filter((name) => !found[name]).map((name) => packages[name]);
  return { missing: `apt-get install ${missing.join(" ")}` };
}

/** Debian installs servers in a directory that is not in every PATH. */
function pathOf(name: string): string | undefined {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
}

function newestPostgres(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root) : [];
  return versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(root, version, "bin"))
    .find((directory) => ["postgres", "pg_basebackup"].every((name) => existsSync(join(directory, name))));
}

function faketimeLibrary(): string | undefined {
  const root = "/usr/lib";
  return readdirSync(root)
    .map((name) => join(root, name, "faketime/libfaketime.so.1"))
    .find((path) => existsSync(path));
}
