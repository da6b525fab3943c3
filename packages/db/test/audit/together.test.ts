// A change and its audit entry commit together or not at all, wherever the connection or a statement fails.
// This file casts types: a fake has only the members of a pool that the client uses, and queries are subclasses of pg's.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createDb, openPool, type Db, type TenantWrite } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asOwnerOf, entryOf, verdictOn } from "./audit-fixtures.ts";

/** The ways in which the n-th statement fails. */
const faults = {
  "is never sent": (_: pg.PoolClient, query: Sent) => refuse(query, new Error("not sent")),
  "fails in the database": (client: pg.PoolClient, query: Sent) =>
    client.query("SELECT 1 / 0").catch((error: Error) => refuse(query, error)),
  "is sent on a closed connection": (client: pg.PoolClient, query: Sent) => {
    cut(client);
    return client.query(query);
  },
  "loses its connection while it runs": (client: pg.PoolClient, query: Sent) => {
    const answer = client.query(query);
    setImmediate(() => cut(client));
    return answer;
  },
  "loses its answer": async (client: pg.PoolClient, query: Sent) => {
    await answerTo(client, query);
    cut(client);
    return refuse(query, new Error("the answer is lost"));
  },
};
/** A statement, or a query object of our client, which reports its result by its own callbacks. */
type Sent = pg.QueryConfig | OwnQuery;
interface OwnQuery extends pg.QueryConfig {
  submit(connection: pg.Connection): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}
const isOwn = (query: Sent | string): query is OwnQuery => typeof query === "object" && "submit" in query;

function refuse(query: Sent, error: Error): Promise<never> | undefined {
  if (!isOwn(query)) return Promise.reject(error);
  query.handleError(error);
  return undefined;
}

/** Sends the query and waits for its answer, without reporting it to the query. */
function answerTo(client: pg.PoolClient, query: Sent): Promise<unknown> {
  if (!isOwn(query)) return client.query(query);
  const handleError = query.handleError.bind(query);
  const answered = new Promise((resolve, reject) => {
    query.handleReadyForQuery = () => resolve(undefined);
    query.handleError = reject;
    client.query(query);
  });
  return answered.finally(() => {
    query.handleError = handleError;
  });
}
type Fault = keyof typeof faults;
const kinds = Object.keys(faults) as Fault[];
const cut = (client: pg.PoolClient) =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();

let database: TestDatabase;
let home: PlantedWorkspace;
let pool: pg.Pool;
let db: Db;
let counted = 0;
let fault: { at: number; how: Fault } | null = null;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  const { owner, server } = inject("cluster");
  pool = openPool({
    target: { host: owner.host, port: owner.port, ...server, database: database.name },
    max: 2,
  });
  const failing = { connect: async () => failingOn(await pool.connect()), end: () => pool.end() };
  db = createDb({ pool: failing as unknown as pg.Pool });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** A connection on which the statement selected by `fault` fails. */
function failingOn(client: pg.PoolClient): pg.PoolClient {
  return new Proxy(client, {
    get(target, name) {
      if (name !== "query") {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      }
      return (query: Sent) => {
        counted += 1;
        return fault?.at === counted ? faults[fault.how](target, query) : target.query(query);
      };
    },
  });
}

const write = (work: (tables: TenantWrite) => Promise<unknown>) =>
  db.write(home.grant("workspace:manage"), work);
/** Records an entry together with the COMMIT, as the server does. The creation of many tasks below awaits its entries. */
const record = async (tables: TenantWrite, targetId: string) =>
  tables.sql.audit.appendAtCommit([entryOf({ targetId, actorUserId: home.userId })]);
const task = (id: string, title = "Made") => ({
  id,
  workspaceId: home.id,
  projectId: home.projectId,
  title,
  status: "todo",
  createdBy: home.userId,
});
const project = (id: string) => ({ id, workspaceId: home.id, name: "Made", createdBy: home.userId });
const prepareProject = (id: string) =>
  database.db.write(home.grant("project:write"), async (tables) => {
    await tables.project.create({ data: project(id) });
    await tables.task.create({ data: { ...task(randomUUID()), projectId: id } });
  });

interface Change {
  readonly what: string;
  prepare?(id: string): Promise<unknown>;
  work(id: string): Promise<unknown>;
  /** An SQL condition that is true after the change. ID stands for the id. */
  readonly there: string;
  readonly entries?: number;
  /** A fault that the change cannot survive: it ignores an error of a statement that never reached the database. */
  readonly except?: Fault;
}

const madeTask = "EXISTS (SELECT FROM tasks WHERE id = ID)";
const changes: Change[] = [
  {
    what: "a creation",
    work: (id) =>
      write(async (tables) => {
        await tables.task.create({ data: task(id) });
        await record(tables, id);
      }),
    there: madeTask,
  },
  {
    what: "a change after a read",
    work: (id) =>
      write(async (tables) => {
        await tables.project.findFirst({ where: { id: home.projectId } });
        const where = { workspaceId_id: { workspaceId: home.id, id: home.projectId } };
        await tables.project.update({ where, data: { name: id } });
        await record(tables, id);
      }),
    there: "EXISTS (SELECT FROM projects WHERE name = ID)",
  },
  {
    what: "a deletion that cascades",
    prepare: prepareProject,
    work: (id) =>
      write(async (tables) => {
        await tables.project.deleteMany({ where: { id } });
        await record(tables, id);
      }),
    there: "NOT EXISTS (SELECT FROM tasks WHERE project_id = ID)",
  },
  {
    what: "a creation of many, each with an entry",
    work: (id) =>
      write(async (tables) => {
        await tables.task.createMany({ data: [task(id), task(randomUUID()), task(randomUUID())] });
        await tables.sql.audit.append([1, 2, 3].map(() => entryOf({ targetId: id })));
      }),
    there: madeTask,
    entries: 3,
  },
  {
    what: "two changes, each with its entry",
    work: (id) =>
      write(async (tables) => {
        await tables.task.create({ data: task(id) });
        await record(tables, id);
        await tables.task.updateMany({ where: { id }, data: { title: "Changed" } });
        await record(tables, id);
      }),
    there: madeTask,
    entries: 2,
  },
  {
    what: "a new workspace",
    work: (id) =>
      db.foundWorkspace({ id, name: "Founded", founderId: home.userId, memberId: randomUUID() }, (tables) =>
        record(tables, id),
      ),
    there: "EXISTS (SELECT FROM workspaces WHERE id = ID)",
  },
  {
    what: "a change that ignores the error of its entry",
    work: (id) =>
      write(async (tables) => {
        await tables.task.create({ data: task(id) });
        await record(tables, id).catch(() => {});
      }),
    there: madeTask,
    except: "is never sent",
  },
];

/** Whether the change and its entries exist, read in one statement. */
async function found({ there, entries = 1 }: Change, id: string): Promise<"both" | "neither" | "one alone"> {
  const [row] = await database.owner<{ there: boolean; entries: number }>(
    `SELECT ${there} AS there, (SELECT count(*)::int FROM audit_logs WHERE target_id = ID::text) AS entries`.replaceAll(
      "ID",
      `'${id}'`,
    ),
  );
  if (row?.there && row.entries === entries) return "both";
  return row?.there || row?.entries !== 0 ? "one alone" : "neither";
}

async function attempt(change: Change, how: Fault | null, at: number) {
  const id = randomUUID();
  await change.prepare?.(id);
  counted = 0;
  fault = how && { at, how };
  const outcome = await change.work(id).then(
    () => "done" as const,
    () => "failed" as const,
  );
  fault = null;
  return { outcome, left: await found(change, id) };
}

it("U1 a change and its entry both exist or neither does, whichever statement fails and how", async () => {
  let positions = 0;
  const seen = new Set<string>();
  for (const change of changes) {
    expect(await attempt(change, null, 0), change.what).toEqual({ outcome: "done", left: "both" });
    const statements = counted;
    for (const how of kinds.filter((kind) => kind !== change.except)) {
      for (let at = 1; at <= statements; at += 1) {
        const { outcome, left } = await attempt(change, how, at);
        positions += 1;
        seen.add(`${outcome}, ${left}`);
        // An acknowledged change exists. A change that failed may exist, together with its entry.
        expect(
          outcome === "done" ? ["both"] : ["both", "neither"],
          `${change.what}: statement ${at} of ${statements} ${how}`,
        ).toContain(left);
      }
    }
  }
  expect(positions).toBeGreaterThanOrEqual(100);
  // A failed call leaves a committed change only when the answer to its COMMIT is lost.
  expect(seen).toContain("failed, neither");
  expect(seen).toContain("failed, both");
  await asOwnerOf(database, async (owner) => {
    expect(await verdictOn(owner, home.id)).toMatchObject({ intact: true });
  });
});

it("U1 an entry that fails rolls back the change, and a change that fails rolls back the entry", async () => {
  const [id, other] = [randomUUID(), randomUUID()];
  const taken = entryOf({ targetId: id });
  await expect(
    write(async (tables) => {
      await tables.task.create({ data: task(id) });
      await tables.sql.audit.append([taken, taken]);
    }),
  ).rejects.toThrow("audit_logs_pkey");
  await expect(
    write(async (tables) => {
      await tables.task.create({ data: task(id) });
      tables.sql.audit.appendAtCommit([taken, taken]);
    }),
  ).rejects.toThrow("UniqueConstraintViolation");
  await expect(
    write(async (tables) => {
      await record(tables, other);
      await tables.task.create({ data: task(other, "") });
    }),
  ).rejects.toThrow("tasks_title_length");
  const [creation] = changes;
  if (!creation) throw new Error("There is no change.");
  expect([await found(creation, id), await found(creation, other)]).toEqual(["neither", "neither"]);
});
