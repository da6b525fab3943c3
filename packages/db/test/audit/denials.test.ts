// Refusals are on record too, each in a transaction of its own, and only so many: the log is not for strangers to fill.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DatabaseDown, createDb, openPool } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asOwnerOf, entryOf, verdictOn } from "./audit-scene.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
let other: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  other = await plantWorkspace(database);
});
afterAll(() => database.drop());

const deny = (workspaceId: string) => {
  const { outcome: _said, ...denial } = entryOf({ action: "members.remove", actorUserId: home.userId });
  return database.db.recordDenial(workspaceId, denial);
};
const denied = (workspaceId: string) =>
  database.owner<{ meta: unknown }>(
    "SELECT meta_json AS meta FROM audit_logs WHERE workspace_id = $1 AND outcome = 'denied' ORDER BY seq",
    [workspaceId],
  );

it("100 an hour and workspace are on record, of however many at once, and the last one says so", async () => {
  const recorded = await Promise.all(Array.from({ length: 130 }, () => deny(home.id)));
  expect(recorded.filter(Boolean)).toHaveLength(100);
  expect(await deny(home.id)).toBe(false);
  const entries = await denied(home.id);
  expect(entries).toHaveLength(100);
  expect(entries.slice(0, -1)).not.toContainEqual({
    meta: expect.objectContaining({ lastOfThisHour: true }),
  });
  expect(entries.at(-1)).toEqual({ meta: { ...entryOf().meta, lastOfThisHour: true } });
  // Another workspace has its own count, and a new hour begins anew.
  expect(await deny(other.id)).toBe(true);
  await database.owner("UPDATE audit_heads SET denials_hour = denials_hour - interval '1 hour'");
  expect(await deny(home.id)).toBe(true);
  await asOwnerOf(database, async (owner) => {
    expect(await verdictOn(owner, home.id)).toMatchObject({ intact: true, lastSeq: 102 });
  });
});

it("beyond them nothing waits, not even for one who is writing", async () => {
  await database.owner(
    "UPDATE audit_heads SET denials = 100, denials_hour = date_trunc('hour', now(), 'UTC') WHERE workspace_id = $1",
    [home.id],
  );
  await asOwnerOf(database, async (owner) => {
    await owner.query("BEGIN");
    await owner.query("SELECT FROM audit_heads WHERE workspace_id = $1 FOR UPDATE", [home.id]);
    expect(await deny(home.id)).toBe(false);
    await owner.query("ROLLBACK");
  });
});

it("a workspace that nobody made has no record", async () => {
  const nowhere = randomUUID();
  expect(await deny(nowhere)).toBe(false);
  expect(await denied(nowhere)).toEqual([]);
});

it("a refusal that cannot be put on record says why", async () => {
  const gone = createDb({
    pool: openPool({ target: { connectionString: "postgres://nobody@127.0.0.1:1/x" } }),
  });
  await expect(gone.recordDenial(home.id, entryOf())).rejects.toBeInstanceOf(DatabaseDown);
  await gone.close();
});
