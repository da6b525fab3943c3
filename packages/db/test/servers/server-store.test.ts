import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listServers, openPool, readPostgresAddress, type ServerEntry } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const entry = (host = "web-1"): ServerEntry => ({
  id: randomUUID(),
  host,
  place: "boot",
  processId: 7,
  keyChecks: [
    { kid: 2, check: "cd".repeat(16) },
    { kid: 1, check: "ab".repeat(16) },
  ],
  limiter: "network",
  limiterId: randomUUID(),
});

describe("the rows of running servers", () => {
  it("a registered server sees the others, as they described themselves", async () => {
    const { servers } = database.db;
    const [first, second] = [entry("web-1"), entry("web-2")];
    expect(await servers.register(first)).toEqual([]);
    const others = await servers.register(second);
    expect(others).toEqual([{ ...first, startedAt: expect.any(Date), seenAt: expect.any(Date) }]);
    expect((await servers.list()).map(({ host }) => host)).toEqual(["web-1", "web-2"]);
    await servers.remove(first.id);
    expect(await servers.renew(second)).toEqual([]);
  });

  it("a registration waits for one that has not committed, and then sees it", async () => {
    const slow = entry("web-1");
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SET LOCAL ROLE projo_system");
      await client.query("SELECT pg_advisory_xact_lock(7351029418)");
      await client.query(
        `INSERT INTO servers (id, host, place, process_id, key_checks, limiter) VALUES ($1, 'web-1', 'boot', 7, '[]', 'none')`,
        [slow.id],
      );
      const registering = database.db.servers.register(entry("web-2"));
      const waiting = async () =>
        database.owner(
          `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
      const deadline = Date.now() + 2_000;
      while ((await waiting()).length === 0 && Date.now() < deadline)
        await new Promise((passed) => setTimeout(passed, 10));
      await client.query("COMMIT");
      expect((await registering).map(({ id }) => id)).toEqual([slow.id]);
    } finally {
      client.release();
    }
  });

  it("a server that does not renew its row is dead after 12 seconds", async () => {
    const { servers } = database.db;
    const quiet = entry();
    await servers.register(quiet);
    const age = (seconds: number) =>
      database.owner("UPDATE servers SET seen_at = now() - make_interval(secs => $1)", [seconds]);
    await age(10);
    expect(await servers.list()).toHaveLength(1);
    await age(13);
    expect(await servers.list()).toEqual([]);
    await servers.renew(quiet);
    expect(await servers.list()).toHaveLength(1);
  });

  it("the server's login cannot change what a row says", async () => {
    await database.db.servers.register(entry());
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SET LOCAL ROLE projo_system");
      await expect(client.query("UPDATE servers SET key_checks = '[]'")).rejects.toMatchObject({
        code: "42501",
      });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("a program that is no server lists them, also with one connection", async () => {
    await database.db.servers.register(entry("web-1"));
    const pool = openPool({ target: readPostgresAddress(database.url).target, max: 1 });
    try {
      expect((await listServers(pool, { pooled: false }))?.map(({ host }) => host)).toEqual(["web-1"]);
      await database.owner("DROP TABLE servers");
      expect(await listServers(pool, { pooled: false })).toBeNull();
    } finally {
      await pool.end();
    }
  });
});
