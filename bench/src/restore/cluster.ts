// A PostgreSQL cluster in a directory of its own, made by the programs of an installation. It keeps its data on the disk as in
// production: fsync is on.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { withOwner } from "@projostack/db";
import type pg from "pg";

const run = promisify(execFile);

export interface Machine {
  /** The directory of PostgreSQL's programs. */
  readonly binaries: string;
  /** The directory of the drill. */
  readonly directory: string;
  /** The user who runs PostgreSQL, which refuses to run as root; undefined if the drill does not run as root. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

export interface Cluster {
  readonly data: string;
  readonly port: number;
  /** Runs work on a connection of the superuser. */
  admin<T>(work: (client: pg.Client) => Promise<T>, database?: string): Promise<T>;
  /** The address of a login. */
  urlOf(user: string, password: string): string;
  /** Ends every process at once, as the loss of the machine does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export const SUPERUSER = { user: "postgres", password: "superuser of the drill" };
export const DATABASE = "projo";

/** Finds the user who runs PostgreSQL, if this process is root. */
export async function unprivileged(): Promise<Machine["user"]> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, "postgres"])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

/** Creates an empty cluster. */
export async function initCluster(machine: Machine, name: string): Promise<string> {
  const data = join(machine.directory, name);
  const passwordFile = join(machine.directory, `${name}.password`);
  await writeFile(passwordFile, SUPERUSER.password, { mode: 0o600 });
  await own(machine, passwordFile);
  const options = ["--auth=scram-sha-256", "--locale=C.UTF-8", "--pwfile", passwordFile];
  await run(
    join(machine.binaries, "initdb"),
    ["-D", data, "-U", SUPERUSER.user, ...options],
    asUser(machine),
  );
  return data;
}

/** Starts the cluster in the directory, and waits until it accepts connections. @param settings lines of postgresql.conf */
export async function startCluster(
  machine: Machine,
  data: string,
  settings: readonly string[] = [],
): Promise<Cluster> {
  const port = await freePort();
  const network = ["listen_addresses = '127.0.0.1'", `port = ${port}`, "unix_socket_directories = ''"];
  await writeFile(join(data, "postgresql.auto.conf"), `${[...network, ...settings].join("\n")}\n`);
  const server = spawn(join(machine.binaries, "postgres"), ["-D", data], {
    ...asUser(machine),
    stdio: ["ignore", "ignore", "pipe"],
  });
  // Nothing may stay when the drill is interrupted.
  process.prependOnceListener("exit", () => server.kill("SIGQUIT"));
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => (log = (log + text).slice(-4_000)));
  const admin: Cluster["admin"] = (work, database = "postgres") =>
    withOwner({ host: "127.0.0.1", port, ...SUPERUSER, database }, work);
  await untilReady(server, admin, () => log);
  return {
    data,
    port,
    admin,
    urlOf: (user, password) =>
      `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${DATABASE}`,
    kill: () => end(server, "SIGKILL"),
    stop: () => end(server, "SIGINT"),
  };
}

const asUser = ({ user, directory }: Machine) => ({ ...user, cwd: directory });

/** Gives a file or a directory to the user who runs PostgreSQL. */
export async function own({ user }: Machine, path: string): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}

export async function makeDirectory(machine: Machine, name: string): Promise<string> {
  const path = join(machine.directory, name);
  await mkdir(path, { mode: 0o700 });
  await own(machine, path);
  return path;
}

async function end(server: ChildProcess, signal: "SIGKILL" | "SIGINT"): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill(signal);
  await ended;
}

async function untilReady(server: ChildProcess, admin: Cluster["admin"], log: () => string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      // During a recovery the server answers reads before it is promoted.
      const isReady = await admin(async (client) => {
        const { rows } = await client.query<{ ready: boolean }>("SELECT NOT pg_is_in_recovery() AS ready");
        return rows[0]?.ready === true;
      });
      if (isReady) return;
    } catch (error) {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended:\n${log()}`, { cause: error });
    }
    if (tries === 1_200) throw new Error(`PostgreSQL did not become ready:\n${log()}`);
    await wait(50);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
