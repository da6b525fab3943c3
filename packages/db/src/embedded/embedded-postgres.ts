// The embedded PostgreSQL: one cluster for one server, started and stopped with it. It is a complete PostgreSQL with
// durable commits (fsync is on). Two servers cannot share it, and it accepts no connections from the network: set
// DATABASE_URL to a separate PostgreSQL for those. This folder manages processes and files, not the content of the database.

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { type Binaries, findBinaries } from "./binaries.ts";
import { checkCluster, restrictCluster } from "./check-cluster.ts";
import { EmbeddedPostgresError, failureLines } from "./system/embedded-postgres-error.ts";
import { type Guard, startGuard } from "./guard.ts";
import { initCluster } from "./init-cluster.ts";
import { takeLock } from "./lock.ts";
import { stopOrphan } from "./orphan.ts";
import { ownerName, ownerPassword, ownerPasswordFile } from "./owner-password.ts";
import { findPlace, type Place } from "./place.ts";
import { type Postmaster, spawnPostmaster } from "./postmaster.ts";
import { inFiles, refusesSharedMemory, sharedMemorySettings } from "./shared-memory.ts";
import { directoryFailure, startFailure } from "./start-failure.ts";
import {
  freePort,
  openTransport,
  removeSocketDirectory,
  socketPort,
  type Transport,
  writeAccessRules,
} from "./transport.ts";

export interface EmbeddedPostgresOptions {
  /** The directory of the cluster, such as .projo/postgres. It is created with mode 0700 if absent. */
  dataDir: string;
  /**
   * The default is a unix socket in a new private directory, and TCP on 127.0.0.1 with a password if no socket can be used.
   */
  transport?: "socket" | "tcp";
  /** Additional PostgreSQL settings, such as `{ fsync: "off" }` in tests. They cannot override the settings of access control. */
  settings?: Readonly<Record<string, string>>;
  /** Called with each line of PostgreSQL's log. */
  onLog?: (line: string) => void;
  /** Called with a sentence about a state of the data directory that was corrected. */
  onWarning?: (message: string) => void;
  /** If the server runs as root: the directory for files that an unprivileged user must reach. Default: /var/lib/projostack */
  systemDir?: string;
}

/** Connection options for `pg.Client` and `pg.Pool`. For a socket, `host` is its directory. */
export interface ConnectionTarget {
  host: string;
  port: number;
  user: string;
  password?: string;
}

export interface EmbeddedPostgres {
  /** The connection as superuser. Use it only for migrations. */
  readonly owner: ConnectionTarget;
  /** The file with the superuser's password, for other programs of this user; null over a socket, which needs none. */
  readonly passwordFile: string | null;
  readonly pid: number;
  /** The version of PostgreSQL, such as 18.4. */
  readonly version: string;
  /** Resolves with a reason when PostgreSQL ends without a call of `stop`. */
  readonly crashed: Promise<Error>;
  /** Stops PostgreSQL and removes everything except the data. A second call returns the same promise. */
  stop(): Promise<void>;
}

interface Running {
  owner: ConnectionTarget;
  postmaster: Postmaster;
  guard: Guard;
}

/**
 * Starts PostgreSQL on a data directory and creates the cluster on first use.
 *
 * @throws EmbeddedPostgresError with a message that says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    throw directoryFailure(options.dataDir, error) ?? error;
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const systemDir = options.systemDir ?? "/var/lib/projostack";
  const place = await findPlace(options.dataDir, systemDir);
  const lock = await takeLock(join(place.home, "lock"), options.dataDir);
  try {
    const binaries = await findBinaries(place.user, systemDir);
    await stopOrphan(place, binaries);
    await checkCluster(place, binaries);
    await initCluster(place, binaries, { durable: options.settings?.["fsync"] !== "off" });
    await restrictCluster(place, options.onWarning ?? (() => {}));
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

/** Starts PostgreSQL. For 15 seconds it retries after failures that waiting or another port can resolve. */
async function launch({ place, binaries, transport, options }: Launch): Promise<Running> {
  const accessRules = await writeAccessRules(place, transport.kind);
  let sharedMemory = await sharedMemorySettings();
  for (const end = Date.now() + 15_000; ; await delay(100)) {
    const owner = await ownerTarget(transport, place, binaries);
    const settings = { ...options.settings, ...fixedSettings(owner, transport, accessRules) };
    const guard = startGuard(place, binaries, transport);
    const postmaster = spawnPostmaster({
      place,
      binaries,
      settings: { ...defaults, ...sharedMemory, ...settings },
      onLog: options.onLog,
    });
    if (postmaster.pid) guard.watch(postmaster.pid);
    if (await postmaster.untilReady()) return { owner, postmaster, guard };

    const how = await postmaster.ended;
    await guard.dismiss();
    const output = postmaster.output();
    const isTemporary = /Address already in use|pre-existing shared memory block/.test(output);
    if (isTemporary && Date.now() < end) continue;
    if (sharedMemory !== inFiles && refusesSharedMemory.test(output)) sharedMemory = inFiles;
    else throw startFailure(place, how, output);
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

/** The settings that restrict access, and those that the server relies on, such as times in UTC. */
function fixedSettings(
  owner: ConnectionTarget,
  transport: Transport,
  accessRules: string,
): Record<string, string> {
  return {
    listen_addresses: transport.kind === "tcp" ? "127.0.0.1" : "",
    // The setting is a list, so a comma in the path would separate two directories.
    unix_socket_directories:
      transport.kind === "socket" ? `"${transport.directory.replaceAll('"', '""')}"` : "",
    unix_socket_permissions: "0700",
    port: String(owner.port),
    hba_file: accessRules,
    password_encryption: "scram-sha-256",
    timezone: "UTC",
    log_timezone: "UTC",
    // The code recognizes some errors by their English text.
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
    // After `stop`, the end is not a crash, and the promise stays pending.
    if (stopped) return new Promise(() => {});
    // The guard is dismissed at once, before the system can reuse the pid.
    await guard.dismiss();
    return new Error(`PostgreSQL ended unexpectedly (${how}: ${failureLines(postmaster.output())})`);
  };
  const stop = async () => {
    await postmaster.stop();
    await guard.dismiss();
    await cleanUp();
  };
  return { owner, pid: postmaster.pid, version, crashed: crash(), stop: () => (stopped ??= stop()) };
}
