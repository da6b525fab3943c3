// A write whose only statement is its audit entry, by a member who was removed meanwhile: it failed with SQLSTATE 25P02, which
// the server answered with 500, in place of the reason.
import { afterAll, beforeAll, expect, it } from "vitest";
import { MembershipChanged } from "../../src/index.ts";
import { entryOf } from "../audit/audit-scene.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it("a write with nothing but an audit entry says that the membership has ended", async () => {
  const home = await plantWorkspace(database);
  await database.owner("DELETE FROM workspace_members WHERE workspace_id = $1", [home.id]);
  const written = database.db.write(home.grant("audit:read"), async ({ sql: { audit } }) => {
    audit.appendAtCommit([entryOf({ action: "audit.exported" })]);
    // As when the entries are read before: the transaction has begun, and nothing else is asked in it.
    await audit.end().catch(() => {});
  });
  await expect(written).rejects.toBeInstanceOf(MembershipChanged);
  const [row] = await database.owner<{ entries: number }>(
    "SELECT count(*)::int AS entries FROM audit_logs WHERE workspace_id = $1",
    [home.id],
  );
  expect(row?.entries).toBe(1);
});
