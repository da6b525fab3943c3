// The PostgreSQL that comes with the server: one cluster, one server, started and stopped with it. It is a whole
// PostgreSQL and keeps its promises (fsync is on). It is not for two servers on one database, nor for the network:
// for those DATABASE_URL names a PostgreSQL that someone runs. This folder knows processes and files; what is
// stored in the database is not its concern.

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { type Binaries, findBinaries } from "./binaries.ts";
import { EmbeddedPostgresError, lastWords } from "./system/embedded-postgres-error.ts";
import { type Guard, startGuard } from "./guard.ts";
import { initCluster } from "./init-cluster.ts";
import { takeLock } from "./lock.ts";
import { stopOrphan } from "./orphan.ts";
import { ownerName, ownerPassword, ownerPasswordFile } from "./owner-password.ts";
import { findPlace, type Place } from "./place.ts";
import { type Postmaster, spawnPostmaster } from "./postmaster.ts";
import {
  freePort,
  openTransport,
  removeSocketDirectory,
  socketPort,
  type Transport,
  writeAccessRules,
} from "./transport.ts";

export interface EmbeddedPostgresOptions {
  /** Directory that holds the cluster, made with mode 0700 if absent, e.g. .projo/postgres */
  dataDir: string;
  /** Default: a unix socket in a fresh private directory; TCP on 127.0.0.1 with a password where none can serve. */
  transport?: "socket" | "tcp";
  /** More settings of PostgreSQL, such as `{ fsync: "off" }` in tests. What keeps others out cannot be changed. */
  settings?: Readonly<Record<string, string>>;
  onLog?: (line: string) => void;
  /** Where root keeps what an unprivileged user must reach. Default: /var/lib/projostack */
  systemDir?: string;
}

/** Fits `pg.Client` and `pg.Pool`; for a socket `host` is its directory. */
export interface ConnectionTarget {
  host: string;
  port: number;
  user: string;
  password?: string;
}

export interface EmbeddedPostgres {
  /** The superuser, for migrations only. */
  readonly owner: ConnectionTarget;
  /** Where the password lies that a connection needs, for another program of this user; null over a socket. */
  readonly passwordFile: string | null;
  readonly pid: number;
  /** Such as 18.4 */
  readonly version: string;
  /** Fulfils when PostgreSQL ended without `stop`, with a reason. */
  readonly crashed: Promise<Error>;
  /** Ends PostgreSQL and leaves nothing but the data. A second call gives the first one's promise. */
  stop(): Promise<void>;
}

interface Running {
  owner: ConnectionTarget;
  postmaster: Postmaster;
  guard: Guard;
}

/**
 * Starts PostgreSQL on a data directory and makes the cluster on first use.
 *
 * @throws EmbeddedPostgresError whose message says what to do next
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    // A directory without permission, a full disk: the system's words are clear, the next step is missing.
    if (error instanceof EmbeddedPostgresError || !(error instanceof Error) || !("code" in error))
      throw error;
    throw new EmbeddedPostgresError(
      "start_failed",
      `The database in ${options.dataDir} cannot be used (${error.message}): mend that and start again, or set PROJO_DATA_DIR to another directory.`,
      { cause: error },
    );
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const systemDir = options.systemDir ?? "/var/lib/projostack";
  const place = await findPlace(options.dataDir, systemDir);
  const lock = await takeLock(join(place.home, "lock"), options.dataDir);
  try {
    const binaries = await findBinaries(place.user, systemDir);
    await stopOrphan(place, binaries);
    await initCluster(place, binaries, { durable: options.settings?.["fsync"] !== "off" });
    const transport = await openTransport(options.transport, place);
    const cleanUp = async () => {
      if (transport.kind === "socket") await removeSocketDirectory(transport.directory);
      await lock.release();
    };
    try {
      const running = await launch({ place, binaries, transport, options });
      const passwordFile = transport.kind === "tcp" ? ownerPasswordFile(place) : null;
      return { passwordFile, ...supervise(running, binaries.version, cleanUp) };
    } catch (error) {
      await cleanUp();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface Launch {
  place: Place;
  binaries: Binaries;
  transport: Transport;
  options: EmbeddedPostgresOptions;
}

/** Tries again where waiting or another port helps, for 15 seconds. */
async function launch({ place, binaries, transport, options }: Launch): Promise<Running> {
  const accessRules = await writeAccessRules(place, transport.kind);
  for (const end = Date.now() + 15_000; ; await delay(100)) {
    const owner = await ownerTarget(transport, place, binaries);
    const settings = { ...options.settings, ...fixedSettings(owner, transport, accessRules) };
    const guard = startGuard(place, binaries, transport);
    const postmaster = spawnPostmaster({
      place,
      binaries,
      settings: { ...defaults, ...settings },
      onLog: options.onLog,
    });
    if (postmaster.pid) guard.watch(postmaster.pid);
    if (await postmaster.untilReady()) return { owner, postmaster, guard };

    const reason = `${await postmaster.ended}: ${lastWords(postmaster.output())}`;
    await guard.dismiss();
    const passes = /Address already in use|pre-existing shared memory block/.test(postmaster.output());
    if (!passes || Date.now() > end) {
      throw new EmbeddedPostgresError(
        "start_failed",
        `PostgreSQL did not start on ${place.cluster} (${reason}): mend that and start again, or set DATABASE_URL to a PostgreSQL server.`,
      );
    }
  }
}

async function ownerTarget(
  transport: Transport,
  place: Place,
  binaries: Binaries,
): Promise<ConnectionTarget> {
  if (transport.kind === "socket") return { host: transport.directory, port: socketPort, user: ownerName };
  const password = await ownerPassword(place, binaries);
  return { host: "127.0.0.1", port: await freePort(), user: ownerName, password };
}

const defaults = { max_connections: "100", shared_buffers: "128MB" };

/** Who may connect, and what the rest of the server relies on: times are UTC. */
function fixedSettings(
  owner: ConnectionTarget,
  transport: Transport,
  accessRules: string,
): Record<string, string> {
  return {
    listen_addresses: transport.kind === "tcp" ? "127.0.0.1" : "",
    unix_socket_directories: transport.kind === "socket" ? transport.directory : "",
    unix_socket_permissions: "0700",
    port: String(owner.port),
    hba_file: accessRules,
    password_encryption: "scram-sha-256",
    timezone: "UTC",
    log_timezone: "UTC",
    // Errors are told by their English text.
    lc_messages: "C",
    logging_collector: "off",
  };
}

function supervise(
  { owner, postmaster, guard }: Running,
  version: string,
  cleanUp: () => Promise<void>,
): Omit<EmbeddedPostgres, "passwordFile"> {
  let stopped: Promise<void> | undefined;
  const crash = async (): Promise<Error> => {
    const how = await postmaster.ended;
    // An end that was asked for is no crash: this promise stays open.
    if (stopped) return new Promise(() => {});
    // At once, before its pid can become another process's.
    await guard.dismiss();
    return new Error(`PostgreSQL ended unexpectedly (${how}: ${lastWords(postmaster.output())})`);
  };
  const stop = async () => {
    await postmaster.stop();
    await guard.dismiss();
    await cleanUp();
  };
  return { owner, pid: postmaster.pid, version, crashed: crash(), stop: () => (stopped ??= stop()) };
}
