// Enters this server among the running ones. It compares the keys and the limiter with those of every living server first, and
// fails at a conflict. The row of a server that died looks alive for some seconds, so a conflict counts only after its server
// has renewed its row.
import {
  ALIVE_SECONDS,
  DatabaseDown,
  failureOf,
  type LivingServer,
  type ServerEntry,
  type ServerStore,
} from "@projostack/db";
import type { KeyRing } from "../identity/key-ring.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Machine } from "../runtime/machine.ts";
import type { OutageNotice } from "../runtime/outage-notice.ts";
import type { Randomness } from "../runtime/randomness.ts";
import { repeat, type Repeated } from "../runtime/repeat.ts";
import { keyChecksOf } from "./key-checks.ts";
import { conflictsWith, describeConflicts, type Conflict, type Limiter } from "./server-conflicts.ts";

/** This server must not run beside a living one. The message has a line for each problem. */
export class LivingServersError extends Error {
  override readonly name = "LivingServersError";
}

export interface JoiningServer {
  readonly store: ServerStore;
  readonly keys: KeyRing;
  readonly limiter: Limiter;
  /** Reads the id of the limiter's Redis. The id changes when Redis loses its data. */
  readonly limiterId: () => Promise<string | null>;
  readonly isProduction: boolean;
  readonly machine: Machine;
  readonly randomness: Randomness;
  readonly clock: Clock;
  readonly log: Log;
  /** Is told whether the database answers the renewals. */
  readonly outages: OutageNotice;
}

/** A living server renews its row several times while it counts as alive. */
const RENEWED_EVERY_MS = 3_000;
/** The number of renewals in a row that must find a problem. */
const REPORTED_AFTER = 3;
const LOOKED_EVERY_MS = 500;

/** @returns the renewal of the row; `stop` removes it @throws LivingServersError */
export async function joinServers(joining: JoiningServer): Promise<Repeated> {
  const { store, clock, log, outages } = joining;
  const started = entryOf(joining);
  await registerWithout(joining, started);
  let known = "";
  let unanswered = 0;
  let earlier: readonly (readonly string[])[] = Array.from({ length: REPORTED_AFTER - 1 }, () => []);
  const renewing = repeat({ clock, log }, async () => {
    try {
      const entry = await withLimiterId(joining, started);
      const others = await store.renew(entry);
      unanswered = 0;
      const found = describeConflicts(refusing(joining, conflictsOf(joining, entry, others)));
      // After a change of the Redis's id, other servers renew their rows later than this one.
      const problems = found.filter((problem) => earlier.every((former) => former.includes(problem)));
      earlier = [found, ...earlier].slice(0, REPORTED_AFTER - 1);
      if (problems.length > 0 && problems.join() !== known)
        log.error({ problems }, "this server does not fit a living one: restart one of them");
      known = problems.join();
    } catch (error) {
      unanswered = isOutage(error) ? unanswered + 1 : 0;
      log.debug({ err: error }, "the row of this server could not be renewed");
    }
    // One failure may be a connection that broke.
    outages("renewal", unanswered > 1);
    return RENEWED_EVERY_MS;
  });
  return {
    stop: async () => {
      await renewing.stop();
      await store.remove(started.id).catch((error: unknown) => {
        log.debug({ err: error }, "the row of this server could not be removed: it expires");
      });
    },
  };
}

/** Whether neither PostgreSQL nor a pooler did the work. The other conditions have causes and alerts of their own. */
function isOutage(error: unknown): boolean {
  const failure = failureOf(error);
  return failure instanceof DatabaseDown && !ANSWERED.has(failure.condition.name);
}

const ANSWERED: ReadonlySet<string> = new Set([
  "read_only_sql_transaction",
  "disk_full",
  "invalid_password",
  "invalid_authorization_specification",
  "invalid_catalog_name",
  "unsafe_settings",
  "channel_not_bound",
  "not_postgres",
  "server_stopping",
]);

/** Inserts the row when no living server conflicts. It waits for conflicting servers that may be dead. */
async function registerWithout(joining: JoiningServer, started: ServerEntry): Promise<void> {
  const { store, clock, log } = joining;
  const firstSeen = new Map<string, number>();
  for (;;) {
    const entry = await withLimiterId(joining, started);
    const conflicts = refusing(joining, await findConflicts(joining, entry));
    if (conflicts.length === 0) {
      const raced = conflictsOf(joining, entry, await store.register(entry));
      if (refusing(joining, raced).length === 0) return warnOf(log, raced);
      // Another server registered since the look at the list.
      await store.remove(entry.id);
      continue;
    }
    const isProven = conflicts.some(
      ({ server: { id, seenAt } }) => seenAt.getTime() > (firstSeen.get(id) ?? Infinity),
    );
    if (isProven) throw new LivingServersError(describeConflicts(conflicts).join("\n"));
    if (firstSeen.size === 0)
      log.info(`a server with other settings may be alive: waiting up to ${ALIVE_SECONDS} s for its end`);
    for (const { server } of conflicts)
      if (!firstSeen.has(server.id)) firstSeen.set(server.id, server.seenAt.getTime());
    await clock.pause(LOOKED_EVERY_MS, NEVER);
  }
}

const NEVER = new AbortController().signal;

async function findConflicts(joining: JoiningServer, entry: ServerEntry): Promise<Conflict[]> {
  try {
    return conflictsOf(joining, entry, await joining.store.list());
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === UNDEFINED_TABLE)) throw error;
    throw new LivingServersError(
      "DATABASE_URL: the database lacks the migrations of this build. Run `projostack migrate` (docs/database.md).",
      { cause: error },
    );
  }
}

const UNDEFINED_TABLE = "42P01";

const conflictsOf = (
  { keys, machine }: JoiningServer,
  { host, limiter, limiterId }: ServerEntry,
  others: readonly LivingServer[],
): Conflict[] =>
  conflictsWith(
    { keys, host, limiter, limiterId },
    others.filter((other) => !isDeadHere(machine, other)),
  );

/** Whether the server ran on this machine and its process has ended. */
const isDeadHere = ({ host, place, isRunning }: Machine, other: LivingServer): boolean =>
  place !== "" && other.host === host && other.place === place && !isRunning(other.processId);

/** A server outside production may count limits alone. Different keys would sign its users out there too. */
const refusing = ({ isProduction }: JoiningServer, conflicts: readonly Conflict[]): Conflict[] =>
  conflicts.filter(({ about }) => isProduction || about === "keys");

function warnOf(log: Log, conflicts: readonly Conflict[]): void {
  for (const problem of describeConflicts(conflicts)) log.warn(problem);
}

function entryOf({ keys, limiter, machine, randomness }: JoiningServer): ServerEntry {
  const id = randomness.newId();
  const { host, place, processId } = machine;
  return { id, host, place, processId, keyChecks: keyChecksOf(keys, id), limiter, limiterId: null };
}

const withLimiterId = async ({ limiterId }: JoiningServer, entry: ServerEntry): Promise<ServerEntry> => ({
  ...entry,
  limiterId: await limiterId(),
});
