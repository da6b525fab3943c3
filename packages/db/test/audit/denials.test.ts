// Denials are recorded too, each in a separate transaction. Their number is capped, so that an attacker cannot fill the log.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DatabaseDown, createDb, openPool } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asOwnerOf, entryOf, verdictOn } from "./audit-fixtures.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
let other: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  other = await plantWorkspace(database);
});
afterAll(() => database.drop());

const deny = (workspaceId: string, actorUserId = home.userId) => {
  const { outcome: _said, ...denial } = entryOf({ action: "members.remove", actorUserId });
  return database.db.recordDenial(workspaceId, denial);
};
const entriesOf = (workspaceId: string, action: string) =>
  database.owner<{ meta: unknown; target: string; actor: string | null }>(
    `SELECT meta_json AS meta, target_id AS target, actor_user_id AS actor FROM audit_logs
      WHERE workspace_id = $1 AND action = $2 AND outcome = 'denied' ORDER BY seq`,
    [workspaceId, action],
  );
const denied = (workspaceId: string) => entriesOf(workspaceId, "members.remove");
const omitted = (workspaceId: string) => entriesOf(workspaceId, "access.denials_omitted");
/** Moves all counts an hour into the past. */
const anHourLater = () => database.owner("UPDATE audit_denials SET hour = hour - interval '1 hour'");

it("U10 records 100 denials an hour for each actor, also when many are concurrent, and marks the last one", async () => {
  const recorded = await Promise.all(Array.from({ length: 130 }, () => deny(home.id)));
  expect(recorded.filter(Boolean)).toHaveLength(100);
  expect(await deny(home.id)).toBe(false);
  const entries = await denied(home.id);
  expect(entries).toHaveLength(100);
  expect(entries.slice(0, -1)).not.toContainEqual(
    expect.objectContaining({ meta: expect.objectContaining({ lastOfThisHour: true }) }),
  );
  expect(entries.at(-1)).toMatchObject({ meta: { ...entryOf().meta, lastOfThisHour: true } });
  // The same actor in another workspace and another actor in this workspace are counted separately.
  expect(await deny(other.id)).toBe(true);
  const second = randomUUID();
  expect(await deny(home.id, second)).toBe(true);
  expect((await denied(home.id)).at(-1)).toMatchObject({ actor: second });
});

it("U10 appends an entry with the number of omitted denials at the actor's next denial in a later hour", async () => {
  expect(await omitted(home.id)).toEqual([]);
  await anHourLater();
  expect(await deny(home.id)).toBe(true);
  expect(await omitted(home.id)).toEqual([
    {
      meta: { after: { omitted: 31, hour: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:00:00Z$/) } },
      target: home.userId,
      actor: null,
    },
  ]);
  await asOwnerOf(database, async (owner) => {
    expect(await verdictOn(owner, home.id)).toMatchObject({ intact: true, lastSeq: 104 });
  });
});

it("U10 appends that entry once without another denial, also when many servers settle the hour concurrently", async () => {
  await database.db.settleDenials();
  const actor = randomUUID();
  await Promise.all(Array.from({ length: 107 }, () => deny(other.id, actor)));
  expect(await database.db.settleDenials()).toBe(0);
  expect(await omitted(other.id)).toEqual([]);
  await anHourLater();
  await Promise.all(Array.from({ length: 8 }, () => database.db.settleDenials()));
  expect(await omitted(other.id)).toMatchObject([{ meta: { after: { omitted: 7 } }, target: actor }]);
  expect(await database.owner("SELECT FROM audit_denials WHERE workspace_id = $1", [other.id])).toEqual([]);
  expect(await database.db.settleDenials()).toBe(0);
  await asOwnerOf(database, async (owner) => {
    expect(await verdictOn(owner, other.id)).toMatchObject({ intact: true });
  });
});

it("a denial beyond the cap does not wait for other writers of the log", async () => {
  const actor = randomUUID();
  await Promise.all(Array.from({ length: 100 }, () => deny(home.id, actor)));
  await asOwnerOf(database, async (owner) => {
    await owner.query("BEGIN");
    await owner.query("SELECT FROM audit_heads WHERE workspace_id = $1 FOR UPDATE", [home.id]);
    expect(await deny(home.id, actor)).toBe(false);
    await owner.query("ROLLBACK");
  });
});

it("gives the server's roles no right to read or change the counts", async () => {
  for (const role of ["projo_tenant", "projo_system"]) {
    const client = await database.pool.connect();
    try {
      await client.query(`BEGIN; SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL ROLE ${role}`);
      await expect(client.query("SELECT FROM audit_denials")).rejects.toThrow(
        "permission denied for table audit_denials",
      );
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }
});

it("records no denial for a workspace that does not exist", async () => {
  const nowhere = randomUUID();
  expect(await deny(nowhere)).toBe(false);
  expect(await denied(nowhere)).toEqual([]);
});

it("throws the reason when a denial cannot be recorded", async () => {
  const gone = createDb({
    pool: openPool({ target: { connectionString: "postgres://nobody@127.0.0.1:1/x" } }),
  });
  await expect(gone.recordDenial(home.id, entryOf())).rejects.toBeInstanceOf(DatabaseDown);
  await gone.close();
});
