// A deployment on one machine: HAProxy, three servers, PgBouncer, PostgreSQL with a standby, Redis and a mail server.
import { migrate, prepareLogin, withOwner } from "@projostack/db";
import { randomBytes } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whenInterrupted } from "../../database/when-interrupted.ts";
import { atExit } from "./at-exit.ts";
import { serviceFetch, type Service } from "../load/watched-fetch.ts";
import { mountDataDisk, type DataDisk } from "./data-disk.ts";
import { freePort } from "./free-port.ts";
import { startHaproxy } from "./haproxy.ts";
import { startMailSink, type MailSink } from "./mail-sink.ts";
import { startPgBouncer } from "./pgbouncer.ts";
import { startCluster, startStandby, type Cluster } from "./postgres.ts";
import type { Programs } from "./programs.ts";
import { startRedis } from "./redis.ts";
import { serverEnvironment, startServer, type DrillServer } from "./server.ts";
import type { Supervised } from "./supervised.ts";
import { until } from "./until.ts";
import { startWire, type Wire } from "./wire.ts";

export interface Stack {
  /** HAProxy. */
  readonly service: Service;
  readonly programs: Programs;
  readonly servers: readonly DrillServer[];
  readonly pgbouncer: Supervised;
  readonly redis: Supervised;
  readonly wire: Wire;
  readonly disk: DataDisk;
  readonly mail: MailSink;
  /** The PostgreSQL that accepts writes. */
  primary: Cluster;
  standby: Cluster | null;
}

export interface StackOptions {
  readonly programs: Programs;
  /** The directory of an earlier checkout whose build the servers run at first. */
  readonly previous?: string | undefined;
  readonly progress: (line: string) => void;
  /** Keeps the directory with the logs. */
  readonly keep?: boolean;
}

type Close = () => Promise<void> | void;

const SERVERS = 3;

/** Starts everything for the work. Afterwards no process runs, and no directory is left. */
export async function withStack<T>(options: StackOptions, work: (stack: Stack) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "projo-drill-"));
  // PostgreSQL and PgBouncer run as another user.
  chmodSync(directory, 0o755);
  const closes: Close[] = [];
  const remove = () => {
    if (options.keep) options.progress(`the logs are in ${directory}`);
    else rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  };
  const removes = atExit(remove);
  let closed: Promise<void> | undefined;
  // In the reverse order of the starts: the servers end before their database.
  const closeAll = async () => {
    for (const close of closes.toReversed()) await close();
    remove();
    removes();
  };
  const closeOnce = () => (closed ??= closeAll());
  const notInterrupted = whenInterrupted(closeOnce);
  try {
    return await work(await startStack(directory, options, closes));
  } finally {
    await closeOnce();
    notInterrupted();
  }
}

async function startStack(
  directory: string,
  { programs, previous, progress }: StackOptions,
  closes: Close[],
): Promise<Stack> {
  const opened = <P extends Supervised>(one: P, signal?: NodeJS.Signals): P => {
    closes.push(() => one.close(signal));
    return one;
  };
  progress("starting PostgreSQL and its standby");
  const disk = mountDataDisk(join(directory, "disk"));
  closes.push(() => disk.unmount());
  const password = randomBytes(16).toString("hex");
  const cluster = (name: string, data: string, port: number) => ({
    bin: programs.postgres,
    data,
    logFile: join(directory, `${name}.log`),
    port,
    password,
  });
  chmodSync(disk.directory, 0o755);
  const primaryData = join(disk.directory, "primary");
  const primary = await startCluster(cluster("primary", primaryData, await freePort()));
  opened(primary.process, "SIGINT");
  const login = { user: "projo_server", password: randomBytes(16).toString("hex") };
  await withOwner({ ...primary.owner, database: "postgres" }, (owner) =>
    owner.query("CREATE DATABASE projo"),
  );
  await withOwner({ ...primary.owner, options: "-c timezone=UTC" }, async (owner) => {
    await migrate(owner);
    await prepareLogin(owner, login);
  });
  const standby = await startStandby(
    primary.owner,
    cluster("standby", join(directory, "standby"), await freePort()),
  );
  opened(standby.process, "SIGINT");

  progress("starting PgBouncer, Redis, three servers and HAProxy");
  const wire = await startWire(primary.owner.port);
  closes.push(() => wire.close());
  const pgbouncerPort = await freePort();
  const pgbouncer = opened(
    await startPgBouncer({
      program: programs.pgbouncer,
      directory,
      port: pgbouncerPort,
      postgresPort: wire.port,
      login,
    }),
  );
  const redisPort = await freePort();
  const redis = opened(startRedis({ program: programs.redis, directory, port: redisPort }));
  const mail = await startMailSink();
  closes.push(() => mail.close());
  const environment = serverEnvironment({
    databaseUrl: `postgres://${login.user}:${login.password}@127.0.0.1:${pgbouncerPort}/projo`,
    redisUrl: `redis://127.0.0.1:${redisPort}`,
    smtpUrl: mail.url,
    appUrl: "https://app.example.com",
  });
  const serverPorts = await Promise.all(Array.from({ length: SERVERS }, freePort));
  const servers = serverPorts.map((serverPort, nth) =>
    startServer({ name: `server-${nth}`, directory, port: serverPort, environment, checkout: previous }),
  );
  for (const { process: server } of servers) opened(server);
  await Promise.all(servers.map((server) => server.untilReady()));
  const haproxy = await startHaproxy({ program: programs.haproxy, directory, serverPorts });
  opened(haproxy.process);
  const { url, certificate } = haproxy;
  const service = { url, certificate };
  await until("HAProxy reaches a server", 20_000, () => isReady(service));
  return { service, programs, servers, pgbouncer, redis, wire, disk, mail, primary, standby };
}

/** Whether a server behind HAProxy is ready. */
export async function isReady(service: Service): Promise<boolean> {
  const get = { method: "GET", headers: {}, redirect: "manual", signal: AbortSignal.timeout(2_000) } as const;
  return (await serviceFetch(service)(`${service.url}/readyz`, get)).status === 200;
}
