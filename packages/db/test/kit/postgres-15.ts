// The PostgreSQL 15 of the machine, the oldest supported version, and standbys that follow it.
import { execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { withOwner } from "../../src/index.ts";

const BINARIES = "/usr/lib/postgresql/15/bin";

export const hasPostgres15 = existsSync(join(BINARIES, "postgres"));

export interface Postgres15 {
  readonly owner: { host: string; port: number; user: string; password: string };
  /** Sends a signal to every process: SIGSTOP makes PostgreSQL hang, SIGCONT continues it, SIGKILL ends it. */
  signalAll(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void;
  stop(): Promise<void>;
}

/** Starts a new cluster on 127.0.0.1, with a password, in a temporary directory. */
export async function startPostgres15(): Promise<Postgres15> {
  const directory = temporaryDirectory();
  const password = randomBytes(16).toString("hex");
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  own(passwordFile);
  const data = join(directory, "data");
  const init = ["-D", data, "-U", "postgres", "--auth=scram-sha-256", "--pwfile", passwordFile];
  execFileSync(join(BINARIES, "initdb"), [...init, "--locale=C.UTF-8", "--no-sync"], {
    ...unprivileged(),
    cwd: directory,
    stdio: "pipe",
  });
  return startIn(directory, { password });
}

/** Copies a running cluster with pg_basebackup, and starts the copy as a standby that follows it. */
export async function startStandby15({ owner }: Postgres15): Promise<Postgres15> {
  const directory = temporaryDirectory();
  const from = ["-h", owner.host, "-p", String(owner.port), "-U", owner.user];
  const copy = ["-D", join(directory, "data"), "-R", "--checkpoint=fast", "--no-sync"];
  await promisify(execFile)(join(BINARIES, "pg_basebackup"), [...copy, ...from], {
    ...unprivileged(),
    cwd: directory,
    env: { ...process.env, PGPASSWORD: owner.password },
  });
  return startIn(directory, { password: owner.password });
}

async function startIn(directory: string, { password }: { readonly password: string }): Promise<Postgres15> {
  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    "fsync=off",
    "max_connections=300",
    "timezone=UTC",
    "wal_retrieve_retry_interval=100ms",
  ];
  const options = [...settings, `unix_socket_directories=${directory}`].flatMap((setting) => ["-c", setting]);
  const server = spawn(join(BINARIES, "postgres"), ["-D", join(directory, "data"), ...options], {
    ...unprivileged(),
    cwd: directory,
    stdio: "ignore",
  });
  const ended = once(server, "exit");
  const owner = { host: "127.0.0.1", port, user: "postgres", password };
  await untilReady(owner);
  const signalAll: Postgres15["signalAll"] = (signal) => {
    if (server.pid === undefined) return;
    // The main process comes first, so that it starts no new process.
    for (const pid of [server.pid, ...childrenOf(server.pid)]) send(pid, signal);
  };
  return {
    owner,
    signalAll,
    stop: async () => {
      signalAll("SIGCONT");
      server.kill("SIGINT");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "projo-postgres-15-"));
  own(directory);
  return directory;
}

function own(path: string): void {
  const as = unprivileged();
  if ("uid" in as) chownSync(path, as.uid, as.gid);
}

/** PostgreSQL refuses to run as root, so root starts it as the user postgres. */
function unprivileged(): { uid: number; gid: number } | object {
  if (process.getuid?.() !== 0) return {};
  return { uid: idOf("-u"), gid: idOf("-g") };
}

const idOf = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));

function childrenOf(parent: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.flatMap((line) => {
    const [pid, parentPid] = line.trim().split(/\s+/).map(Number);
    return parentPid === parent && pid !== undefined ? [pid] : [];
  });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended in the meantime.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilReady(owner: Postgres15["owner"]): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await withOwner({ ...owner, database: "postgres" }, async (client) => {
        await client.query("SELECT 1");
      });
    } catch (error) {
      if (tries === 200) throw error;
      await delay(50);
    }
  }
}
