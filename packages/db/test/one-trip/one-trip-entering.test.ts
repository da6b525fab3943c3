// projo_session_prefetching finds the session and enters its user's workspace for the prefetched query. It must not give the
// caller any further right.
import { randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { withOwner } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

const sessionId = randomUUID();

let database: TestDatabase;
let home: PlantedWorkspace;
let foreign: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  [home, foreign] = [await plantWorkspace(database), await plantWorkspace(database)];
  await database.owner(
    `INSERT INTO sessions (id, user_id, salt, expires_at, absolute_expires_at)
     VALUES ($1, $2, sha256('salt'), now() + interval '1 day', now() + interval '1 day')`,
    [sessionId, home.userId],
  );
});
afterAll(() => database.drop());

const LATER = 4_000_000_000;
const enter = (
  session = sessionId,
  workspaceId = home.id,
  roles = "viewer,member,admin",
  tokenEnds = LATER,
) => `SELECT FROM projo_session_prefetching('${session}', '${workspaceId}', '${roles}', ${tokenEnds})`;

/** The rights of a connection, as a list of outcomes. */
async function rightsAfter(client: pg.ClientBase, entering: string): Promise<string[]> {
  const outcomes: string[] = [];
  for (const sql of [
    "SELECT current_user::text AS one",
    "SELECT coalesce(current_setting('app.workspace_id', true), '') AS one",
    ...["tasks", "projects", "sessions", "service_keys", "audit_logs", "workspaces", "workspace_members"].map(
      (table) => `SELECT count(*)::text AS one FROM ${table}`,
    ),
    "SELECT count(password_hash)::text AS one FROM users",
    "WITH made AS (UPDATE tasks SET title = 'Mine' RETURNING 1) SELECT count(*)::text AS one FROM made",
    "WITH made AS (DELETE FROM tasks RETURNING 1) SELECT count(*)::text AS one FROM made",
  ]) {
    await client.query("BEGIN");
    outcomes.push(
      await client
        .query(entering)
        .then(() => client.query<{ one: string }>(sql))
        .then(
          ({ rows }) => rows[0]?.one ?? "none",
          (error: unknown) => String(error),
        ),
    );
    await client.query("ROLLBACK");
  }
  return outcomes;
}

describe("projo_session_prefetching", () => {
  it("gives its caller exactly the rights of a read in the workspace", async () => {
    const client = await database.pool.connect();
    try {
      const byHand = `SET TRANSACTION READ ONLY; SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL ROLE projo_tenant`;
      const expected = await rightsAfter(client, byHand);
      expect(await rightsAfter(client, enter())).toEqual(expected);
      expect(expected[0]).toBe("projo_tenant");
      expect(expected[2]).toBe("1");
      for (const role of ["projo_tenant", "projo_system"])
        expect(await rightsAfter(client, `SET LOCAL ROLE ${role}; ${enter()}`)).toEqual(expected);
    } finally {
      client.release();
    }
  });

  it("enters no workspace for a session, workspace or role that is not the caller's", async () => {
    const client = await database.pool.connect();
    try {
      const outside = await rightsAfter(client, "SET TRANSACTION READ ONLY; SET LOCAL ROLE projo_tenant");
      expect(outside.slice(0, 3)).toEqual(["projo_tenant", "", "0"]);
      for (const entering of [
        enter(randomUUID()),
        enter(sessionId, foreign.id),
        enter(sessionId, randomUUID()),
        enter(sessionId, home.id, "viewer,member"),
        enter(sessionId, home.id, ""),
        enter(sessionId, home.id, "adm,in"),
      ]) {
        expect(await rightsAfter(client, entering)).toEqual(outside);
      }
    } finally {
      client.release();
    }
  });

  it("I14 enters no workspace for a token or session that has expired by the database's clock", async () => {
    const client = await database.pool.connect();
    try {
      const outside = await rightsAfter(client, "SET TRANSACTION READ ONLY; SET LOCAL ROLE projo_tenant");
      const [row] = await database.owner<{ now: number }>("SELECT extract(epoch FROM now())::integer AS now");
      const seconds = row?.now ?? 0;
      const inside = await rightsAfter(client, enter());
      expect(inside).not.toEqual(outside);
      const ending = (at: number) => enter(sessionId, home.id, "admin", at);
      expect(await rightsAfter(client, ending(seconds + 600))).toEqual(inside);
      expect(await rightsAfter(client, ending(seconds - 1))).toEqual(outside);
      // The largest time that fits into a token's six bytes.
      expect(await rightsAfter(client, ending(2 ** 48 - 1))).toEqual(inside);
      await database.owner("UPDATE sessions SET expires_at = now() - interval '1 second'");
      expect(await rightsAfter(client, enter())).toEqual(outside);
      // The function still returns the session. The server decides about its expiry.
      const { rows } = await client.query(enter().replace("SELECT FROM", "SELECT session_id AS id FROM"));
      expect(rows).toEqual([{ id: sessionId }]);
    } finally {
      client.release();
      await database.owner("UPDATE sessions SET expires_at = now() + interval '1 day'");
    }
  });

  it("fails for a login that is a member of neither role", async () => {
    const { owner } = inject("cluster");
    const user = `projo_guest_${randomBytes(4).toString("hex")}`;
    const password = randomBytes(16).toString("hex");
    const asOwner = (sql: string) =>
      withOwner({ ...owner, database: database.name }, (client) => client.query(sql));
    await asOwner(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
    const { host, port } = owner;
    const client = new pg.Client({ host, port, user, password, database: database.name });
    await client.connect();
    try {
      const outcomes = await rightsAfter(client, enter());
      expect(outcomes.every((outcome) => outcome.includes("permission denied"))).toBe(true);
    } finally {
      await client.end();
      await asOwner(`DROP ROLE ${user}`);
    }
  });
});
