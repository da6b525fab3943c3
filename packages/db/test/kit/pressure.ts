// Runs many callers of many workspaces on few connections, while their statements are cancelled and their connections are
// terminated at random. Each result is compared with the expected rows, and failures are counted by kind.
import { setTimeout as delay } from "node:timers/promises";
import { type Db, DatabaseBusy, DatabaseDown, type TenantRead, type TenantWrite } from "../../src/index.ts";
import type { PlantedWorkspace } from "./plant-workspace.ts";
import type { TestDatabase } from "./test-database.ts";

export interface PressureOptions {
  readonly db: Db;
  readonly database: TestDatabase;
  readonly places: readonly PlantedWorkspace[];
  /** How long the callers run at least. */
  readonly seconds: number;
  /** The smallest number of calls by kind and outcome. A slow machine makes them in a longer time, of at most two minutes. */
  readonly atLeast: Readonly<Record<string, number>>;
  readonly seed: number;
  /** Examines a connection as its next borrower would. @returns a description of leftover state, or null */
  readonly nextBorrower: () => Promise<unknown>;
}

export interface Pressure {
  /** The number of calls by kind and outcome, for example `a write: done`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Violations: rows of another workspace, another role, or state of an earlier borrower. */
  readonly wrong: readonly unknown[];
  /** Errors that are neither known failures of the database nor the caller's own. */
  readonly strange: readonly unknown[];
}

const CALLERS = 64;
const LONGEST_EXTENSION_MS = 120_000;
/** A caller that is refused at once must not keep the process from reading the answers to others. */
const PAUSE_AFTER_FAILURE_MS = 5;
const CALLS_BETWEEN_FAILURES = 4;

export async function applyPressure(options: PressureOptions): Promise<Pressure> {
  const { seconds, atLeast, seed, database, nextBorrower } = options;
  const counts: Record<string, number> = {};
  const wrong: unknown[] = [];
  const strange: unknown[] = [];
  const until = performance.now() + seconds * 1_000;
  const isOver = () =>
    performance.now() >= until + LONGEST_EXTENSION_MS || (performance.now() >= until && hasEnough());
  const hasEnough = () => Object.entries(atLeast).every(([kind, number]) => (counts[kind] ?? 0) >= number);
  let ended = 0;
  const count = (what: string) => (counts[what] = (counts[what] ?? 0) + 1);

  const tried = async (what: string, work: () => Promise<unknown>) => {
    try {
      const found = await work();
      if (found !== null) wrong.push([what, found]);
      count(`${what}: done`);
    } catch (error) {
      const known = error instanceof DatabaseBusy || error instanceof DatabaseDown;
      const own = error instanceof Error && /mine|division by zero|aborted earlier/.test(error.message);
      if (!known && !own) strange.push([what, error]);
      count(`${what}: ${known ? error.name : own ? "its own error" : "strange"}`);
      if (known) await delay(PAUSE_AFTER_FAILURE_MS);
    }
    ended += 1;
  };
  const caller = async (nth: number) => {
    const random = randomFrom(seed + nth);
    while (!isOver()) {
      const place = options.places[Math.floor(random() * options.places.length)];
      const [what, act] = acts[Math.floor(random() * acts.length)] ?? [];
      if (!place || !what || !act) continue;
      await tried(what, () => act(options.db, place));
      await tried("a check for leftover settings", nextBorrower);
    }
  };
  const untilEnded = async (number: number): Promise<void> => {
    if (ended >= number || isOver()) return;
    await delay(5);
    return untilEnded(number);
  };
  const killer = async () => {
    const random = randomFrom(seed);
    while (!isOver()) {
      const endedBefore = ended;
      const signal = random() < 0.2 ? "pg_terminate_backend" : "pg_cancel_backend";
      const hit = await database.owner(hurtOne(signal), [database.name, random()]);
      if (hit.length > 0) count(signal);
      // On a slow machine calls take longer, and some of them must end undisturbed.
      await delay(15);
      await untilEnded(endedBefore + CALLS_BETWEEN_FAILURES);
    }
  };
  await Promise.all([killer(), ...Array.from({ length: CALLERS }, (_, nth) => caller(nth))]);
  return { counts, wrong, strange };
}

/** Picks a connection that runs a statement or is in a transaction. */
const hurtOne = (signal: string): string => `
  SELECT ${signal}(pid) FROM (
    SELECT pid, row_number() OVER (ORDER BY pid) - 1 AS place, count(*) OVER () AS of_all FROM pg_stat_activity
     WHERE datname = $1 AND application_name = 'projostack' AND state <> 'idle') AS working
   WHERE place = floor($2::double precision * of_all)`;

/** The kinds of calls. Each returns null, or a description of what it must not see. */
type Act = (db: Db, place: PlantedWorkspace) => Promise<unknown>;

const acts: readonly [what: string, act: Act][] = [
  ["a read", (db, place) => db.read(place.grant("task:read"), (tables) => lookAround(tables, place))],
  [
    "a write",
    (db, place) =>
      db.write(place.grant("task:write"), async (tables) => {
        const { count } = await tables.task.updateMany({ data: { title: place.id } });
        return count === 1 ? lookAround(tables, place) : count;
      }),
  ],
  [
    "a read that fails",
    (db, place) =>
      db.read(place.grant("task:read"), async (tables) => {
        const seen = await lookAround(tables, place);
        if (seen !== null) return seen;
        throw new Error("mine");
      }),
  ],
  [
    "a write that fails",
    (db, place) => db.write(place.grant("task:write"), (tables) => sql(tables).$queryRaw`SELECT 1 / 0`),
  ],
  [
    "a write that ignores its error",
    (db, place) =>
      db.write(place.grant("task:write"), (tables) => sql(tables).$queryRaw`SELECT 1 / 0`.catch(() => null)),
  ],
  [
    "a statement that takes too long",
    (db, place) =>
      db.write(place.grant("task:write"), async (tables) => {
        await sql(tables).$queryRaw`SELECT set_config('statement_timeout', '20', true)`;
        return sql(tables).$queryRaw`SELECT pg_sleep(1)::text`;
      }),
  ],
  [
    "a slow write",
    (db, place) =>
      db.write(place.grant("task:write"), async (tables) => {
        await sql(tables).$queryRaw`SELECT pg_sleep(0.03)::text`;
        return lookAround(tables, place);
      }),
  ],
  [
    "a user's read",
    async (db, { userId, id }) => {
      const found = await db.readPerson(userId, ({ workspace }) =>
        workspace.findMany({ select: { id: true } }),
      );
      return found.length === 1 && found[0]?.id === id ? null : found;
    },
  ],
  [
    "a single statement",
    async (db, { keyId, id }) => {
      const key = await db.serviceKeys.find(keyId);
      return key?.workspaceId === id ? null : key;
    },
  ],
];

async function lookAround(
  tables: TenantRead | TenantWrite,
  { id, taskId, projectId }: PlantedWorkspace,
): Promise<unknown> {
  const [inside] = await sql(tables).$queryRaw<Inside[]>`
    SELECT current_setting('app.workspace_id') AS workspace, current_user::text AS role,
           current_setting('TimeZone') AS zone`;
  const tasks = await sql(tables).$queryRaw<{ id: string }[]>`SELECT id::text FROM tasks`;
  const [project] = await tables.project.findMany();
  const seen = { ...inside, tasks: tasks.map((task) => task.id), project: project?.id };
  const expected = { workspace: id, role: "projo_tenant", zone: "UTC", tasks: [taskId], project: projectId };
  return JSON.stringify(seen) === JSON.stringify(expected) ? null : { seen, expected };
}

interface Inside {
  readonly workspace: string;
  readonly role: string;
  readonly zone: string;
}

interface Sql {
  $queryRaw<T>(text: TemplateStringsArray, ...values: unknown[]): Promise<T>;
}

/** Runs SQL in a transaction of the client. The client's types do not offer it. */
const sql = (tables: TenantRead | TenantWrite): Sql =>
  (tables as unknown as { transaction: Sql }).transaction;

/** @returns a generator of numbers from 0 to 1 that depends only on the seed (mulberry32) */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
