// The PostgreSQL 15 of the machine, the oldest supported version.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { withOwner } from "../../src/index.ts";

const BINARIES = "/usr/lib/postgresql/15/bin";

export const hasPostgres15 = existsSync(join(BINARIES, "postgres"));

export interface Postgres15 {
  readonly owner: { host: string; port: number; user: string; password: string };
  stop(): Promise<void>;
}

/** Starts a new cluster on 127.0.0.1, with a password, in a temporary directory. */
export async function startPostgres15(): Promise<Postgres15> {
  const directory = mkdtempSync(join(tmpdir(), "projo-postgres-15-"));
  const password = randomBytes(16).toString("hex");
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const as = unprivileged();
  if ("uid" in as) {
    chownSync(directory, as.uid, as.gid);
    chownSync(passwordFile, as.uid, as.gid);
  }
  const data = join(directory, "data");
  const init = ["-D", data, "-U", "postgres", "--auth=scram-sha-256", "--pwfile", passwordFile];
  execFileSync(join(BINARIES, "initdb"), [...init, "--locale=C.UTF-8", "--no-sync"], {
    ...as,
    cwd: directory,
    stdio: "pipe",
  });
  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    "fsync=off",
    "max_connections=300",
    "timezone=UTC",
  ];
  const options = [...settings, `unix_socket_directories=${directory}`].flatMap((setting) => ["-c", setting]);
  const server = spawn(join(BINARIES, "postgres"), ["-D", data, ...options], {
    ...as,
    cwd: directory,
    stdio: "ignore",
  });
  const ended = once(server, "exit");
  const owner = { host: "127.0.0.1", port, user: "postgres", password };
  await untilReady(owner);
  return {
    owner,
    stop: async () => {
      server.kill("SIGINT");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root, so root starts it as the user postgres. */
function unprivileged(): { uid: number; gid: number } | object {
  if (process.getuid?.() !== 0) return {};
  return { uid: idOf("-u"), gid: idOf("-g") };
}

const idOf = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));

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
