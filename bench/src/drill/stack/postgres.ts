// A PostgreSQL cluster with durable commits, and a standby that follows it.
import { withOwner } from "@projostack/db";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { identityOf } from "./identity.ts";
import { supervise, type Supervised } from "./supervised.ts";
import { until } from "./until.ts";

const run = promisify(execFile);

export interface Cluster {
  readonly process: Supervised;
  readonly owner: Owner;
  /** SIGKILL of every process, as when the machine fails. */
  killAll(): void;
  /** SIGKILL of one connection's process. PostgreSQL then ends all the others and recovers. */
  killBackend(nth: number): void;
}

export interface Owner {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

interface ClusterOptions {
  readonly bin: string;
  /** The data directory. It must be empty. */
  readonly data: string;
  readonly logFile: string;
  readonly port: number;
  readonly password: string;
}

const USER = "postgres";

/** Commits are durable: fsync and synchronous_commit keep their defaults. */
const settings = (options: ClusterOptions): string => `
listen_addresses = '127.0.0.1'
port = ${options.port}
unix_socket_directories = '${options.data}'
max_connections = 120
max_wal_size = 128MB
min_wal_size = 64MB
wal_keep_size = 64MB
wal_retrieve_retry_interval = 500ms
timezone = 'UTC'
`;

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { bin, data, password } = options;
  await mkdir(data, { recursive: true });
  await own(data);
  const passwordFile = `${data}.password`;
  await writeFile(passwordFile, password);
  await own(passwordFile);
  const init = ["-D", data, "-U", USER, "--auth=scram-sha-256", "--pwfile", passwordFile];
  await run(join(bin, "initdb"), [...init, "--locale=C.UTF-8", "-E", "UTF8"], {
    cwd: data,
    ...identityOf(USER),
  });
  await writeFile(join(data, "postgresql.auto.conf"), settings(options));
  return startProcess(options);
}

/** Copies the primary with pg_basebackup, and follows it. */
export async function startStandby(primary: Owner, options: ClusterOptions): Promise<Cluster> {
  await mkdir(options.data, { recursive: true });
  await own(options.data);
  const address = ["-h", primary.host, "-p", String(primary.port), "-U", primary.user];
  await run(join(options.bin, "pg_basebackup"), ["-D", options.data, ...address, "-R", "--checkpoint=fast"], {
    cwd: options.data,
    env: { ...process.env, PGPASSWORD: primary.password },
    ...identityOf(USER),
  });
  const file = join(options.data, "postgresql.auto.conf");
  await writeFile(file, `${readFileSync(file, "utf8")}${settings(options)}`);
  return startProcess(options);
}

async function startProcess({ bin, data, logFile, port, password }: ClusterOptions): Promise<Cluster> {
  const postgres = supervise({
    name: "PostgreSQL",
    command: [join(bin, "postgres"), "-D", data],
    user: USER,
    directory: data,
    logFile,
  });
  const owner = { host: "127.0.0.1", port, user: USER, password, database: "postgres" };
  await until("PostgreSQL accepts connections", 60_000, () =>
    withOwner(owner, async (client) => (await client.query("SELECT 1")).rowCount === 1),
  );
  return {
    process: postgres,
    owner: { ...owner, database: "projo" },
    killAll: () => {
      const pid = postgres.pid();
      for (const victim of [pid, ...childrenOf(pid)]) kill(victim);
    },
    killBackend: (nth) => {
      const backends = childrenOf(postgres.pid()).filter((pid) => commandOf(pid).includes("projo_server"));
      const victim = backends[nth % Math.max(1, backends.length)];
      if (victim !== undefined) kill(victim);
    },
  };
}

const own = async (path: string) => {
  const { uid, gid } = identityOf(USER);
  await chmod(path, 0o700);
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
};

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(/\s+/).filter(Boolean).map(Number);

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended in the meantime.
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}
