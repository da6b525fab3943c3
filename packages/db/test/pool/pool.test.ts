/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// All workspaces share the connections. However a transaction ends, the next one on its connection must find no trace of it.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import {
  createDb,
  DatabaseBusy,
  DatabaseDown,
  MembershipChanged,
  openPool,
  type Db,
  type TenantRead,
  type TenantWrite,
} from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
});
afterAll(() => database.drop());

/** The transaction of the tables, which their type hides: the tests run raw SQL in it. */
const sql = (tables: TenantRead | TenantWrite) =>
  (
    tables as unknown as {
      transaction: { $queryRaw<T>(text: TemplateStringsArray, ...values: unknown[]): Promise<T> };
    }
  ).transaction;

const target = () => {
  const { owner, server } = inject("cluster");
  return { host: owner.host, port: owner.port, ...server, database: database.name };
};

let pool: pg.Pool;
let db: Db;
function useConnections(max: number) {
  beforeEach(() => {
    pool = openPool({ target: target(), max });
    db = createDb({ pool });
  });
  afterEach(() => db.close());
}

const read = <T>(fn: (tables: TenantRead) => Promise<T>) => db.read(home.grant("task:read"), fn);
const write = <T>(fn: (tables: TenantWrite) => Promise<T>) => db.write(home.grant("task:write"), fn);
const myTask = { workspaceId_id: { workspaceId: "", id: "" } };
beforeAll(() => {
  myTask.workspaceId_id = { workspaceId: home.id, id: home.taskId };
});
const rename = (title: string) => (tables: TenantWrite) =>
  tables.task.update({ where: myTask, data: { title } });
const newTask = (workspace = home) => ({
  id: randomUUID(),
  workspaceId: workspace.id,
  projectId: workspace.projectId,
  title: "Made",
  status: "todo",
  createdBy: workspace.userId,
});
const settled = (work: Promise<unknown>): Promise<unknown> => work.then(String, (error: unknown) => error);

/** The settings that the next transaction on the only connection finds. */
async function nextBorrower(): Promise<Record<string, unknown> | undefined> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT coalesce(current_setting('app.workspace_id', true), '') AS workspace,
            coalesce(current_setting('app.user_id', true), '') AS person, current_user::text AS role,
            current_setting('transaction_read_only') AS read_only, current_setting('TimeZone') AS zone,
            now() = statement_timestamp() AS outside_a_transaction`,
  );
  return rows[0];
}
const nothingLeft = () => ({
  workspace: "",
  person: "",
  role: inject("cluster").server.user,
  read_only: "off",
  zone: "UTC",
  outside_a_transaction: true,
});
async function expectNothingLeft() {
  expect(await nextBorrower()).toEqual(nothingLeft());
  expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([1, 1, 0]);
}

describe("the next transaction on a connection", () => {
  useConnections(1);

  it("finds the settings of a careless caller, so that the tests below are meaningful", async () => {
    await pool.query(`SET app.workspace_id = '${home.id}'; SET ROLE projo_tenant`);
    expect(await nextBorrower()).toMatchObject({ workspace: home.id, role: "projo_tenant" });
  });

  it("runs in its workspace and under its role", async () => {
    const [inside] = await read(
      (tables) =>
        sql(tables).$queryRaw<
          unknown[]
        >`SELECT current_setting('app.workspace_id') AS workspace, current_user::text AS role`,
    );
    expect(inside).toEqual({ workspace: home.id, role: "projo_tenant" });
  });

  const cancel = async (signal: "pg_cancel_backend" | "pg_terminate_backend") => {
    for (let found = 0; found === 0; await delay(10)) {
      found = (
        await database.owner(
          `SELECT ${signal}(pid) FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND query LIKE '%pg_sleep(4)%' AND pid <> pg_backend_pid()`,
          [database.name],
        )
      ).length;
    }
  };
  const sleep = (tables: TenantRead) => sql(tables).$queryRaw`SELECT pg_sleep(4)::text`;

  const endings: [how: string, work: () => Promise<unknown>, ending: unknown][] = [
    ["a read", () => read(({ task }) => task.count()), "1"],
    ["a write", () => write(rename("Renamed")), "[object Object]"],
    ["a user's read", () => db.readPerson(home.userId, ({ workspace }) => workspace.count()), "1"],
    ["a look at a session", () => db.sessions.find(randomUUID(), home.id), "null"],
    ["a statement on people", () => db.system.user.count(), "1"],
    [
      "a founding",
      () =>
        db.foundWorkspace(
          { id: randomUUID(), name: "New", founderId: home.userId, memberId: randomUUID() },
          () => Promise.resolve(1),
        ),
      "1",
    ],
    ["a transaction without a statement", () => write(() => Promise.resolve(1)), "1"],
    [
      "an error in the work of a read",
      () =>
        read(async ({ task }) => {
          await task.count();
          throw new Error("mine");
        }),
      new Error("mine"),
    ],
    [
      "an error in the work of a write",
      () =>
        write(async (tables) => {
          await rename("Undone")(tables);
          throw new Error("mine");
        }),
      new Error("mine"),
    ],
    [
      "an error before any statement",
      () => write(() => Promise.reject(new Error("mine"))),
      new Error("mine"),
    ],
    [
      "a failed statement",
      () => write((tables) => sql(tables).$queryRaw`SELECT 1 / 0`),
      expect.objectContaining({ message: expect.stringContaining("division by zero") }),
    ],
    [
      "a failed statement whose error was ignored",
      () => write((tables) => sql(tables).$queryRaw`SELECT 1 / 0`.catch(() => 1)),
      expect.objectContaining({ message: expect.stringContaining("aborted earlier") }),
    ],
    [
      "a failed statement of a read whose error was ignored",
      () => read((tables) => sql(tables).$queryRaw`SELECT 1 / 0`.catch(() => 1)),
      "1",
    ],
    [
      "a single statement that failed",
      () => db.sessions.find("no uuid", null),
      expect.objectContaining({ message: expect.stringContaining("uuid") }),
    ],
    [
      "a statement that took too long",
      () =>
        write(async (tables) => {
          await sql(tables).$queryRaw`SELECT set_config('statement_timeout', '50', true)`;
          await sleep(tables);
        }),
      expect.any(DatabaseBusy),
    ],
    [
      "a cancelled statement",
      () => Promise.all([write(sleep), cancel("pg_cancel_backend")]),
      expect.any(DatabaseBusy),
    ],
    [
      "a membership that has ended",
      () => db.write({ ...home.grant("task:write"), userId: randomUUID() }, ({ task }) => task.count()),
      expect.any(MembershipChanged),
    ],
    [
      "a scope that is none",
      () => db.read({ ...home.grant("task:read"), workspaceId: "'; SELECT 1" }, ({ task }) => task.count()),
      expect.any(TypeError),
    ],
  ];
  it.each(endings)("I9 finds no setting after %s", async (_how, work, ending) => {
    expect(await settled(work())).toEqual(ending);
    await expectNothingLeft();
    expect(await read(({ task }) => task.count())).toBe(1);
  });

  it("I9 gets a new connection after one was killed during a transaction", async () => {
    const outcome = await settled(Promise.all([write(sleep), cancel("pg_terminate_backend")]));
    expect(outcome).toBeInstanceOf(DatabaseDown);
    await expectNothingLeft();
    expect(await read(({ task }) => task.count())).toBe(1);
  });

  it("I9 gets a new connection after an idle one was killed", async () => {
    await read(({ task }) => task.count());
    await database.owner(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = $2",
      [database.name, inject("cluster").server.user],
    );
    await expect.poll(() => pool.totalCount).toBe(0);
    await expectNothingLeft();
  });

  it("I9 finds no setting after work that exceeded the transaction's time limit", async () => {
    const impatient = createDb({ pool, transactionMs: 500 });
    const outcome = await settled(
      impatient.write(home.grant("task:write"), async (tables) => {
        await rename("Late")(tables);
        await delay(900);
        return rename("Later")(tables);
      }),
    );
    expect(outcome).toBeInstanceOf(DatabaseBusy);
    await expectNothingLeft();
    expect(await database.owner("SELECT FROM tasks WHERE title LIKE 'Late%'")).toEqual([]);
  });

  it("I9 reads its own workspace when two workspaces alternate without waiting for a COMMIT", async () => {
    const other = await plantWorkspace(database);
    const seesItsOwn = (turn: number): Promise<boolean> => {
      const { grant, taskId } = turn % 2 === 0 ? home : other;
      return db.read(grant("task:read"), async ({ task }) => {
        const found = await task.findMany({ select: { id: true } });
        return found.length === 1 && found[0]?.id === taskId;
      });
    };
    // 200 in total. 50 at a time are served within the two seconds that a call waits for the only connection.
    for (let round = 0; round < 4; round += 1) {
      const turns = Array.from({ length: 50 }, (_, turn) => seesItsOwn(turn));
      expect((await Promise.all(turns)).filter((own) => !own)).toEqual([]);
    }
    await expectNothingLeft();
  });
});

describe("a write", () => {
  useConnections(3);

  it("commits nothing when a statement failed and its error was ignored", async () => {
    const { id } = newTask();
    const half = write(async (tables) => {
      await tables.task.create({ data: { ...newTask(), id } });
      await tables.task.create({ data: { ...newTask(), projectId: randomUUID() } }).catch(() => null);
    });
    await expect(half).rejects.toThrow("aborted earlier");
    expect(await database.owner("SELECT FROM tasks WHERE id = $1", [id])).toEqual([]);
    await expect.poll(() => pool.idleCount).toBe(pool.totalCount);
    await write(({ task }) => task.create({ data: { ...newTask(), id } }));
    expect(await database.owner("SELECT FROM tasks WHERE id = $1", [id])).toHaveLength(1);
    await database.owner("DELETE FROM tasks WHERE id = $1", [id]);
  });

  it("fails in a read-only scope", async () => {
    const change = read((tables) => rename("Read")(tables as unknown as TenantWrite));
    await expect(change).rejects.toThrow("read-only transaction");
    const person = db.readPerson(home.userId, async (tables) =>
      (tables as unknown as TenantWrite).workspace.updateMany({ data: { name: "Read" } }),
    );
    await expect(person).rejects.toThrow(/read-only transaction|permission denied/);
  });

  it("M2 fails after the membership has ended or the role has lost the permission", async () => {
    const place = await plantWorkspace(database, "member");
    const grant = place.grant("task:write");
    const create = () =>
      db.write(grant, ({ task }) => task.create({ data: newTask(place), select: { title: true } }));
    expect(await create()).toEqual({ title: "Made" });
    await database.owner("UPDATE workspace_members SET role = 'viewer' WHERE id = $1", [place.memberId]);
    await expect(create()).rejects.toMatchObject({ name: "MembershipChanged", change: "demoted" });
    await expect(db.write(grant, () => Promise.resolve(1))).rejects.toMatchObject({ change: "demoted" });
    await database.owner("UPDATE workspace_members SET role = 'admin' WHERE id = $1", [place.memberId]);
    expect(await create()).toEqual({ title: "Made" });
    await database.owner("DELETE FROM workspace_members WHERE id = $1", [place.memberId]);
    await expect(create()).rejects.toMatchObject({ name: "MembershipChanged", change: "ended" });
    expect(await database.owner("SELECT FROM tasks WHERE workspace_id = $1", [place.id])).toHaveLength(3);
  });

  /** A member writes while an admin removes the member. @returns whether the removal waited for the write */
  async function removalWaited(
    enter: (place: PlantedWorkspace, work: () => Promise<void>) => Promise<unknown>,
  ) {
    const place = await plantWorkspace(database, "member");
    let returned = false;
    let returnedFirst = false;
    let removal: Promise<unknown> = Promise.resolve();
    await enter(place, async () => {
      removal = database
        .owner("DELETE FROM workspace_members WHERE id = $1", [place.memberId])
        .finally(() => (returned = true));
      await Promise.race([removal, delay(300)]);
      returnedFirst = returned; // before the write's COMMIT is sent
    });
    await removal;
    return !returnedFirst;
  }

  it("M3 never commits after the removal of its member has returned: the removal waits for it", async () => {
    const waited = await removalWaited((place, work) =>
      db.write(place.grant("task:write"), async ({ task }) => {
        await task.create({ data: newTask(place) });
        await work();
      }),
    );
    expect(waited).toBe(true);
  });

  it("M3 would commit later if the membership were only read and not locked", async () => {
    const waited = await removalWaited(async (place, work) => {
      const client = await pool.connect();
      await client.query(`BEGIN; SET LOCAL app.workspace_id = '${place.id}'; SET LOCAL ROLE projo_tenant`);
      const look = await client.query("SELECT FROM workspace_members WHERE user_id = $1", [place.userId]);
      expect(look.rowCount).toBe(1);
      await work();
      await client.query("COMMIT");
      client.release();
    });
    expect(waited).toBe(false);
  });

  it("with singleStatement commits with its statement, and accepts no second one, no model and no audit entry", async () => {
    const task = { id: randomUUID(), projectId: home.projectId, title: "Alone", status: "todo" };
    const writeOne = (fn: (tables: TenantWrite) => Promise<unknown>) =>
      db.write(home.grant("task:write"), fn, { singleStatement: true });
    const insert = ({ sql: { tasks } }: TenantWrite, id = task.id) =>
      tasks.insert({ ...task, id, createdBy: home.userId });
    await writeOne((tables) => insert(tables));
    expect(await database.owner("SELECT FROM tasks WHERE id = $1", [task.id])).toHaveLength(1);
    const second = randomUUID();
    await expect(
      writeOne(async (tables) => {
        await insert(tables, second);
        await insert(tables, randomUUID());
      }),
    ).rejects.toThrow("runs only one statement");
    await expect(writeOne((tables) => tables.task.findFirst())).rejects.toThrow("cannot use Prisma's models");
    await expect(writeOne(async (tables) => tables.sql.audit.appendAtCommit([]))).rejects.toThrow(
      "records no audit entry",
    );
    // The whole transaction fails: by the foreign key to the project, and because the membership has ended.
    const abroad = { ...task, id: randomUUID(), projectId: randomUUID(), createdBy: home.userId };
    await expect(writeOne(({ sql: { tasks } }) => tasks.insert(abroad))).rejects.toThrow(
      "tasks_workspace_id_project_id_fkey",
    );
    const stranger = { ...home.grant("task:write"), userId: randomUUID() };
    await expect(
      db.write(stranger, (tables) => insert(tables, randomUUID()), { singleStatement: true }),
    ).rejects.toBeInstanceOf(MembershipChanged);
    await expect(db.write(stranger, async () => "nothing", { singleStatement: true })).rejects.toBeInstanceOf(
      MembershipChanged,
    );
    expect(await database.owner("DELETE FROM tasks WHERE title = 'Alone' RETURNING 1")).toHaveLength(2);
  });

  it("cannot enter an existing workspace by founding it again", async () => {
    const stranger = await plantWorkspace(database);
    let entered = false;
    const founding = { id: home.id, name: "Mine", founderId: stranger.userId, memberId: randomUUID() };
    const again = db.foundWorkspace(founding, async ({ task }) => {
      entered = true;
      return task.findMany();
    });
    await expect(again).rejects.toThrow("workspaces_pkey");
    expect(entered).toBe(false);
    expect(
      await database.owner("SELECT FROM workspace_members WHERE workspace_id = $1", [home.id]),
    ).toHaveLength(1);
    const fresh = { ...founding, id: randomUUID() };
    expect(
      await db.foundWorkspace(fresh, ({ task }, { name }) => task.count().then((tasks) => [name, tasks])),
    ).toEqual(["Mine", 0]);
  });
});

describe("users and sessions", () => {
  useConnections(2);

  it("can be changed by every method, including those of several statements", async () => {
    const id = randomUUID();
    const email = `${id}@example.com`;
    const { user } = db.system;
    await user.create({
      data: {
        id,
        email,
        passwordHash: "none",
        sessions: {
          create: { id, salt: new Uint8Array(32), expiresAt: new Date(), absoluteExpiresAt: new Date() },
        },
      },
    });
    await user.upsert({
      where: { email },
      create: { id, email, passwordHash: "none" },
      update: { passwordHash: "other" },
    });
    expect(
      await user.update({
        where: { id },
        data: { sessions: { deleteMany: {} } },
        include: { sessions: true },
      }),
    ).toMatchObject({ passwordHash: "other", sessions: [] });
    // The system client also works during a workspace's transaction, whose role has no right to these tables.
    const found = await read(() =>
      user.update({ where: { id }, data: { passwordHash: "third" }, include: { sessions: true } }),
    );
    expect(found).toMatchObject({ passwordHash: "third" });
    await user.delete({ where: { id } });
  });
});

describe("many concurrent calls", () => {
  useConnections(8);

  it("I13 of many workspaces in one tick never read or write rows of another workspace, and never fail", async () => {
    const places = await Promise.all(Array.from({ length: 8 }, () => plantWorkspace(database)));
    const wrong: unknown[] = [];
    for (let round = 0; round < 40; round += 1) {
      await Promise.all(
        Array.from({ length: 64 }, async (_, nth) => {
          const place = places[(nth + round) % places.length] ?? home;
          const where = { workspaceId_id: { workspaceId: place.id, id: place.taskId } };
          if (nth % 8 === 7) {
            const { count } = await db.write(place.grant("task:write"), ({ task }) =>
              task.updateMany({ data: { title: place.id } }),
            );
            if (count !== 1) wrong.push(["write", count]);
            return;
          }
          const seen = await db.read(place.grant("task:read"), ({ task, project }) =>
            Promise.all([
              task.findUnique({ where }),
              project.findUnique({
                where: { workspaceId_id: { workspaceId: place.id, id: place.projectId } },
              }),
              task.findUnique({ where }),
            ]),
          );
          const [task, project, again] = seen;
          if (task?.id !== place.taskId || again?.id !== place.taskId || project?.id !== place.projectId)
            wrong.push(seen);
        }),
      );
    }
    expect(wrong).toEqual([]);
    const titles = await database.owner("SELECT FROM tasks WHERE title = workspace_id::text");
    expect(titles).toHaveLength(places.length);
    await expect.poll(() => [pool.idleCount === pool.totalCount, pool.waitingCount]).toEqual([true, 0]);
  });
});

describe("a pool without a free connection", () => {
  useConnections(2);

  it("F2 throws DatabaseBusy after about 2 seconds, and serves again when a connection is free", async () => {
    const held = await Promise.all([pool.connect(), pool.connect()]);
    const startedAt = performance.now();
    const outcomes = await Promise.all([
      settled(read(({ task }) => task.count())),
      settled(write(({ task }) => task.count())),
      settled(db.sessions.find(randomUUID(), null)),
      settled(db.system.user.count()),
      settled(db.ping()),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    expect(outcomes).toEqual(Array.from(outcomes, (): unknown => expect.any(DatabaseBusy)));
    for (const client of held) client.release();
    expect(await read(({ task }) => task.count())).toBe(1);
    await expect.poll(() => [pool.idleCount, pool.waitingCount]).toEqual([pool.totalCount, 0]);
  });
});

describe("an unreachable database", () => {
  it.each([
    ["by address", { host: "127.0.0.1", port: 1 }],
    ["by socket", { host: "/nonexistent", port: 5432 }],
  ])("is said to be down, %s", async (_how, place) => {
    const gone = openPool({ target: { ...target(), ...place } });
    const nowhere = createDb({ pool: gone });
    const outcomes = await Promise.all([
      settled(nowhere.read(home.grant("task:read"), ({ task }) => task.count())),
      settled(nowhere.write(home.grant("task:write"), ({ task }) => task.count())),
      settled(nowhere.sessions.find(randomUUID(), null)),
      settled(nowhere.system.user.count()),
      settled(nowhere.ping()),
    ]);
    expect(outcomes).toEqual(Array.from(outcomes, (): unknown => expect.any(DatabaseDown)));
    await nowhere.close();
  });
});
