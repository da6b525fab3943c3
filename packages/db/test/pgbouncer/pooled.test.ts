/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// Behind PgBouncer in transaction mode, the callers of a pool share its connections, and the transactions of all pools share
// PgBouncer's. A setting that one transaction leaves on a connection would apply to another transaction.
import { randomInt, randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createDb, DatabaseBusy, openPool, type Db } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { hasPgBouncer, noPgBouncer, startPgBouncer, type PgBouncer } from "../kit/pgbouncer.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { applyPressure } from "../kit/pressure.ts";

it.runIf(process.env["CI"])("the machine has a pgbouncer", () =>
  expect(hasPgBouncer, noPgBouncer).toBe(true),
);

describe.skipIf(!hasPgBouncer)(`behind PgBouncer${hasPgBouncer ? "" : ` (${noPgBouncer})`}`, () => {
  let database: TestDatabase;
  let home: PlantedWorkspace;
  beforeAll(async () => {
    database = await createTestDatabase();
    home = await plantWorkspace(database);
    // The tests then detect a transaction that does not set the time zone to UTC.
    await database.owner(`ALTER DATABASE ${database.name} SET timezone = 'Asia/Tokyo'`);
  });
  afterAll(() => database.drop());

  let bouncer: PgBouncer;
  let pool: pg.Pool;
  let db: Db;
  function useBouncer(size: number) {
    beforeEach(async () => {
      bouncer = await startPgBouncer({ size });
      pool = openPool({ target: { connectionString: bouncer.urlOf(database.name) }, pooled: true });
      db = createDb({ pool, pooled: true });
    });
    afterEach(async () => {
      await db.close();
      await bouncer.close();
    });
  }

  /** Runs work on another client's connection, which shares the same connections to PostgreSQL. */
  async function withOtherClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: bouncer.urlOf(database.name) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  const LEFT = `
    SELECT coalesce(current_setting('app.workspace_id', true), '') AS workspace,
           coalesce(current_setting('app.user_id', true), '') AS person, current_user::text AS role,
           current_setting('transaction_read_only') AS read_only, current_setting('statement_timeout') AS timeout,
           (SELECT count(*)::int FROM pg_prepared_statements) AS prepared`;
  const nothing = () => ({
    workspace: "",
    person: "",
    role: inject("cluster").server.user,
    read_only: "off",
    timeout: "0",
    prepared: 0,
  });
  const left = () => withOtherClient(async (client) => (await client.query<object>(LEFT)).rows[0]);

  describe("with one connection", () => {
    useBouncer(1);

    it("a setting of a careless client stays for the next one, so that the tests below are meaningful", async () => {
      await withOtherClient((client) => client.query(`SET app.workspace_id = '${home.id}'`));
      await withOtherClient((client) => client.query({ name: "mine", text: "SELECT 1" }));
      expect(await left()).toEqual({ ...nothing(), workspace: home.id, prepared: 1 });
    });

    const grant = () => home.grant("task:write");
    const orphan = () => ({ data: { ...newTask(), projectId: randomUUID() } });
    const endings: [how: string, work: () => Promise<unknown>, ending: RegExp][] = [
      ["a read", () => db.read(grant(), ({ task }) => task.count()), /^1$/],
      [
        "a write",
        () => db.write(grant(), ({ task }) => task.updateMany({ data: { title: "Renamed" } })),
        /"count":1/,
      ],
      ["a user's read", () => db.readPerson(home.userId, ({ workspace }) => workspace.count()), /^1$/],
      ["a single statement", () => db.serviceKeys.find(home.keyId), /"workspaceId"/],
      ["a look at a session", () => db.sessions.find(randomUUID(), home.id), /^null$/],
      ["a statement on people", () => db.system.user.count(), /^1$/],
      ["a refusal on record", () => db.recordDenial(home.id, denial()), /^true$/],
      ["an error in the work", () => db.write(grant(), () => Promise.reject(new Error("mine"))), /mine/],
      ["a failed statement", () => db.write(grant(), ({ task }) => task.create(orphan())), /fkey/],
      [
        "a failed statement whose error was ignored",
        () => db.write(grant(), ({ task }) => task.create(orphan()).catch(() => 1)),
        /aborted earlier/,
      ],
      [
        "a membership that has ended",
        () => db.write({ ...grant(), userId: randomUUID() }, ({ task }) => task.count()),
        /MembershipChanged/,
      ],
    ];
    const denial = () => ({
      id: randomUUID(),
      actorKind: "user" as const,
      actorUserId: home.userId,
      action: "permission.denied",
      targetType: "task",
      targetId: home.taskId,
      meta: {},
    });
    const newTask = () => ({
      id: randomUUID(),
      workspaceId: home.id,
      title: "Made",
      status: "todo",
      createdBy: home.userId,
    });
    it.each(endings)("I9 the next transaction has no settings left after %s", async (_how, work, ending) => {
      const outcome = await work().then((result) => JSON.stringify(result), String);
      expect(outcome).toMatch(ending);
      expect(await left()).toEqual(nothing());
      expect(await db.read(home.grant("task:read"), ({ task }) => task.count())).toBe(1);
    });

    it("returns times in UTC, whatever the database's time zone is", async () => {
      const at = new Date("2026-01-02T03:04:05.678Z");
      await db.system.user.update({ where: { id: home.userId }, data: { emailVerifiedAt: at } });
      const { emailVerifiedAt } = await db.system.user.findUniqueOrThrow({ where: { id: home.userId } });
      expect(emailVerifiedAt).toEqual(at);
      expect(
        await database.owner("SELECT email_verified_at AS at FROM users WHERE id = $1", [home.userId]),
      ).toEqual([{ at }]);
    });

    it("F2 applies the statement timeout to each statement", { timeout: 30_000 }, async () => {
      const blocker = new pg.Client({ connectionString: database.ownerUrl });
      await blocker.connect();
      await blocker.query("BEGIN; LOCK TABLE projects");
      const startedAt = performance.now();
      await expect(db.read(home.grant("task:read"), ({ project }) => project.count())).rejects.toBeInstanceOf(
        DatabaseBusy,
      );
      expect(performance.now() - startedAt).toBeLessThan(8_000);
      await blocker.end();
      expect(await db.read(home.grant("task:read"), ({ project }) => project.count())).toBe(1);
    });

    it("connecting without the setting for a pooler fails with a reason", async () => {
      const direct = openPool({ target: { connectionString: bouncer.urlOf(database.name) } });
      await expect(direct.query("SELECT 1")).rejects.toThrow("unsupported startup parameter");
      await direct.end();
    });
  });

  describe("with three connections", () => {
    useBouncer(3);

    it(
      "I9 I13 64 callers of 16 workspaces with random failures each read only their own rows",
      { timeout: 300_000 },
      async () => {
        const done = ["a read: done", "a write: done", "a single statement: done"];
        const atLeast = {
          ...Object.fromEntries(done.map((kind) => [kind, 21])),
          pg_terminate_backend: 1,
        };
        const places = await Promise.all(Array.from({ length: 16 }, () => plantWorkspace(database)));
        const nextBorrower = async () => null;
        const seed = randomInt(1_000_000);
        const { counts, wrong, strange } = await applyPressure({
          db,
          database,
          places,
          seconds: 5,
          atLeast,
          seed,
          nextBorrower,
        });
        console.log(`seed ${seed}`, counts);
        expect([wrong, strange]).toEqual([[], []]);
        for (const kind of done) {
          expect(counts[kind], kind).toBeGreaterThan(20);
        }
        expect(counts["pg_terminate_backend"]).toBeGreaterThan(0);
        expect(await left()).toEqual(nothing());
        const [{ connections } = { connections: 0 }] = await database.owner<{ connections: number }>(
          "SELECT count(*)::int AS connections FROM pg_stat_activity WHERE datname = $1 AND usename = $2",
          [database.name, inject("cluster").server.user],
        );
        expect(connections).toBeLessThanOrEqual(3);
      },
    );
  });
});
