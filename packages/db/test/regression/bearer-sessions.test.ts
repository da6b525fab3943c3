// During a rolling update, a server of the build before cookie sessions serves bearer sessions in a database of this build, with
// its own statements. It neither finds nor changes a cookie session.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { raw } from "../kit/raw.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  await database.owner("UPDATE users SET password_hash = 'verified' WHERE id = $1", [home.userId]);
});
afterAll(() => database.drop());

// The statements of that build.
const seconds = (parameter: string) => `make_interval(secs => ${parameter}::double precision)`;
const INSERT = `
  WITH person AS (
    SELECT id FROM users WHERE id = $2 AND password_hash = $11 FOR SHARE
  ), started AS (
    INSERT INTO sessions (id, user_id, salt, ip, user_agent, expires_at, absolute_expires_at)
    SELECT $1::uuid, person.id, $3::bytea, $4::text, $5::text,
           now() + least(${seconds("$6")}, ${seconds("$7")}), now() + ${seconds("$7")}
      FROM person
    RETURNING id, user_id, ip, user_agent
  )
  INSERT INTO account_events (id, user_id, action, outcome, session_id, request_id, ip, user_agent)
  SELECT $8::uuid, user_id, $9::text, 'ok', id, $10::text, ip, user_agent FROM started`;
const FIND = "SELECT * FROM projo_session($1::uuid, $2::uuid)";
const ENTER = "SELECT * FROM projo_session_entering($1::uuid, $2::uuid, $3::text)";
const PREFETCH = "SELECT * FROM projo_session_prefetching($1::uuid, $2::uuid, $3::text, $4::bigint)";
const SLIDE = `
  UPDATE sessions SET expires_at = least(now() + ${seconds("$2")}, absolute_expires_at)
   WHERE id = $1 AND expires_at > now()
  RETURNING expires_at`;
const ROTATE = `
  UPDATE sessions
     SET generation = generation + 1, confirmed = false, rotated_at = now(), last_used_at = now(),
         ip = $4, user_agent = $5, expires_at = least(now() + ${seconds("$3")}, absolute_expires_at)
   WHERE id = $1 AND generation = $2 AND expires_at > now()`;
const RENEW = `
  UPDATE sessions SET rotated_at = now()
   WHERE id = $1 AND generation = $2 AND rotated_at = $3 AND NOT confirmed AND expires_at > now()`;
const CONFIRM = "UPDATE sessions SET confirmed = true WHERE id = $1 AND generation = $2 AND NOT confirmed";
const END = `
  WITH ended AS (DELETE FROM sessions WHERE id = $1 RETURNING id, user_id)
  INSERT INTO account_events (id, user_id, action, outcome, session_id, request_id, ip, user_agent)
  SELECT $2, user_id, $3, 'ok', id, $4, $5, $6 FROM ended`;

const DAY = 24 * 60 * 60;
const SYSTEM = "SET LOCAL ROLE projo_system";
const salt = Buffer.alloc(32, 7);
const FAR = 4_000_000_000;

async function insert(client: pg.PoolClient, id: string): Promise<void> {
  const event = [randomUUID(), "session.started", "request"];
  const values = [id, home.userId, salt, "192.0.2.1", "agent", 14 * DAY, 30 * DAY, ...event, "verified"];
  expect((await client.query(INSERT, values)).rowCount).toBe(1);
}

describe("a server of the build before cookie sessions", () => {
  it("F14 starts, finds, refreshes and ends bearer sessions", async () => {
    await raw(database, SYSTEM, async (client) => {
      const id = randomUUID();
      await insert(client, id);
      expect((await client.query("SELECT mode FROM sessions WHERE id = $1", [id])).rows).toEqual([
        { mode: "bearer" },
      ]);
      const { rows } = await client.query(FIND, [id, home.id]);
      expect(rows).toEqual([
        expect.objectContaining({ session_id: id, generation: 1, confirmed: false, role: "admin", salt }),
      ]);
      expect((await client.query(CONFIRM, [id, 1])).rowCount).toBe(1);
      expect((await client.query(SLIDE, [id, DAY])).rowCount).toBe(1);
      expect((await client.query(ROTATE, [id, 1, DAY, null, null])).rowCount).toBe(1);
      const rotated = "SELECT rotated_at AS at FROM sessions WHERE id = $1";
      const [{ at }] = (await client.query<{ at: Date }>(rotated, [id])).rows as [{ at: Date }];
      expect((await client.query(RENEW, [id, 2, at])).rowCount).toBe(1);
      expect((await client.query(END, [id, randomUUID(), "session.ended", null, null, null])).rowCount).toBe(
        1,
      );
      expect((await client.query(FIND, [id, null])).rowCount).toBe(0);
    });
  });

  it("F14 reads in a workspace with a bearer session, and not with a cookie session", async () => {
    const ids = { bearer: randomUUID(), cookie: randomUUID() };
    for (const [mode, id] of Object.entries(ids))
      await database.owner(
        `INSERT INTO sessions (id, user_id, mode, salt, expires_at, absolute_expires_at)
         VALUES ($1, $2, $3, $4, now() + interval '1 day', now() + interval '1 day')`,
        [id, home.userId, mode, salt],
      );
    const tasksOf = (text: string, id: string, more: unknown[]) =>
      raw(database, "", async (client) => {
        const { rows } = await client.query<{ session_id: string | null }>(text, [id, home.id, ...more]);
        const tasks = await client.query("SELECT FROM tasks");
        return { sessionId: rows[0]?.session_id ?? null, tasks: tasks.rowCount };
      });
    for (const [text, more] of [
      [ENTER, ["admin"]],
      [PREFETCH, ["admin", FAR]],
    ] as const) {
      expect(await tasksOf(text, ids.bearer, [...more])).toEqual({ sessionId: ids.bearer, tasks: 1 });
      expect(await tasksOf(text, ids.cookie, [...more])).toEqual({ sessionId: null, tasks: 0 });
    }
    await raw(database, SYSTEM, async (client) => {
      expect((await client.query(FIND, [ids.bearer, home.id])).rowCount).toBe(1);
      expect((await client.query(FIND, [ids.cookie, home.id])).rowCount).toBe(0);
    });
  });

  it("F14 lists cookie sessions, ends them, and deletes them after their expiry", async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const [nth, id] of ids.entries())
      await database.owner(
        `INSERT INTO sessions (id, user_id, mode, salt, expires_at, absolute_expires_at)
         VALUES ($1, $2, 'cookie', $3, now() + make_interval(days => $4), now() + interval '30 days')`,
        [id, home.userId, salt, nth - 1],
      );
    await raw(database, SYSTEM, async (client) => {
      const listed = await client.query<{ id: string }>("SELECT id FROM sessions WHERE user_id = $1", [
        home.userId,
      ]);
      expect(listed.rows.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
      const { rows } = await client.query<{ id: string }>(
        "DELETE FROM sessions WHERE expires_at <= now() RETURNING id",
      );
      expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(ids.slice(0, 2)));
      const end = [ids[2], randomUUID(), "session.revoked", null, null, null];
      expect((await client.query(END, end)).rowCount).toBe(1);
    });
  });
});
