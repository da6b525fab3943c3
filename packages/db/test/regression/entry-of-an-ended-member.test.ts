// A write with only an audit entry, by a member who was removed meanwhile, failed with SQLSTATE 25P02. The server then
// answered with 500 instead of the reason.
import { afterAll, beforeAll, expect, it } from "vitest";
import { MembershipChanged } from "../../src/index.ts";
import { entryOf } from "../audit/audit-fixtures.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it("a write with only an audit entry fails with MembershipChanged after the membership has ended", async () => {
  const home = await plantWorkspace(database);
  await database.owner("DELETE FROM workspace_members WHERE workspace_id = $1", [home.id]);
  const written = database.db.write(home.grant("audit:read"), async ({ sql: { audit } }) => {
    audit.appendAtCommit([entryOf({ action: "audit.exported" })]);
    // The transaction runs no other statement.
    await audit.end().catch(() => {});
  });
  await expect(written).rejects.toBeInstanceOf(MembershipChanged);
  const [row] = await database.owner<{ entries: number }>(
    "SELECT count(*)::int AS entries FROM audit_logs WHERE workspace_id = $1",
    [home.id],
  );
  expect(row?.entries).toBe(1);
});
