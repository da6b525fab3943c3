// Every filter of the audit list finds its page by an index, without a scan of the log.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AuditListInput, listStatement } from "../../src/tenant/audit/list-audit.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

const ENTRIES = 200_000;
const rare = randomUUID();
// The workspace already has one entry.
const startedAt = Math.ceil(Date.now() / 60_000 + 1) * 60_000;

let database: TestDatabase;
let home: PlantedWorkspace;
let client: pg.PoolClient;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  const other = await plantWorkspace(database);
  // One entry a minute. Rare values are at the beginning of the log, far from the newest entries, with which a list begins.
  for (const [id, entries] of [
    [home.id, ENTRIES],
    [other.id, 20_000],
  ] as const) {
    await database.owner(
      `INSERT INTO audit_logs (id, workspace_id, seq, actor_kind, actor_user_id, actor_key_id, action, target_type, target_id, outcome,
                               meta_json, commitments_json, hash, created_at)
       SELECT gen_random_uuid(), $1, n, 'user', CASE WHEN n = 3 THEN $2::uuid ELSE $3::uuid END,
              CASE WHEN n = 7 THEN $2::uuid END, CASE WHEN n = 4 THEN 'key.rotated' ELSE 'task.deleted' END, CASE WHEN n = 5 THEN 'key' ELSE 'task' END,
              CASE WHEN n = 6 THEN $2::uuid::text ELSE gen_random_uuid()::text END, 'ok', '{}', '{}', sha256('none'),
              $4::timestamptz + n * interval '1 minute'
         FROM generate_series(2, $5::int) AS n`,
      [id, rare, home.userId, new Date(startedAt), entries],
    );
  }
  await database.owner("ANALYZE audit_logs");
  client = await database.pool.connect();
});
afterAll(async () => {
  client.release();
  await database.drop();
});

/** The number of the table's blocks that PostgreSQL reads for a page of the list, and the number of entries on the page. */
async function workOf(input: Partial<AuditListInput>): Promise<{ found: number; pages: number }> {
  const { text, values } = listStatement({ limit: 21, ...input });
  await client.query(`BEGIN; SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL ROLE projo_tenant`);
  try {
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    );
    const plan = rows[0]?.["QUERY PLAN"][0].Plan;
    if (!plan) throw new Error("There is no plan.");
    return {
      found: plan["Actual Rows"],
      pages: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
    };
  } finally {
    await client.query("ROLLBACK");
  }
}

interface Plan {
  "Actual Rows": number;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
}

const minutes = (many: number) => new Date(startedAt + many * 60_000);

it.each<[string, Partial<AuditListInput>, number]>([
  ["no filter", {}, 21],
  ["no filter, with the names of the actors", { withActorName: true }, 21],
  ["a cursor, deep in it", { beforeSeq: 1_000 }, 21],
  ["a frequent action", { action: "task.deleted" }, 21],
  ["a rare action", { action: "key.rotated" }, 1],
  ["an action that never was", { action: "key.revoked" }, 0],
  ["a rare actor", { actorUserId: rare }, 1],
  ["a frequent actor, from a cursor on", { actorUserId: "", beforeSeq: 1_000 }, 21],
  ["a rare service key", { actorKeyId: rare }, 1],
  ["a service key that never acted", { actorKeyId: randomUUID() }, 0],
  ["a rare kind of target", { targetType: "key" }, 1],
  ["a target", { targetId: rare }, 1],
  ["a target of a kind", { targetType: "task", targetId: rare }, 1],
  ["a target of another kind", { targetType: "key", targetId: rare }, 0],
  ["all up to a day long ago", { to: minutes(1_000) }, 21],
  ["all since a moment ago", { from: minutes(ENTRIES - 5) }, 6],
  ["all since tomorrow", { from: minutes(ENTRIES + 5) }, 0],
  ["all up to tomorrow", { to: minutes(ENTRIES + 5) }, 21],
  ["an hour long ago", { from: minutes(500), to: minutes(510) }, 10],
  ["an action in an hour long ago", { action: "task.deleted", from: minutes(500), to: minutes(510) }, 10],
])("reads few blocks of 200,000 entries for a page by %s", async (_, input, found) => {
  const asked = input.actorUserId === "" ? { ...input, actorUserId: home.userId } : input;
  const work = await workOf(asked);
  expect(work.found).toBe(found);
  // About three blocks for each entry. The whole table has thousands.
  expect(work.pages).toBeLessThan(100);
});
