/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// Our SQL statements do not pass through the query filter. Row-level security alone isolates them.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TenantWrite } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { tenantTables, type TenantTable } from "../kit/tenant-tables.ts";

let database: TestDatabase;
let ours: PlantedWorkspace;
let theirs: PlantedWorkspace;
let tables: TenantTable[];
beforeAll(async () => {
  database = await createTestDatabase();
  ours = await plantWorkspace(database);
  theirs = await plantWorkspace(database);
  tables = await tenantTables(database);
});
afterAll(() => database.drop());

describe("our SQL statements under row-level security", () => {
  const rowsOfTheirs = () =>
    Promise.all(
      tables.map(({ table, key }) =>
        database.owner(`SELECT to_jsonb(t) FROM ${table} AS t WHERE ${key} = $1 ORDER BY 1`, [theirs.id]),
      ),
    );

  it("I2 list the members, invites and keys of the own workspace", async () => {
    const page = { after: undefined, limit: 100 };
    const ids = await database.db.read(
      ours.grant("key:manage"),
      async ({ sql: { members, invites, serviceKeys } }) => [
        (await members.list({ ...page, role: undefined })).map(({ id }) => id),
        (await members.list({ ...page, role: undefined, search: "@example" })).map(({ id }) => id),
        [(await members.find(ours.userId))?.id, await members.find(theirs.userId)],
        (await invites.list({ ...page, status: undefined })).map(({ id }) => id),
        (await serviceKeys.list({ ...page, status: undefined })).map(({ id }) => id),
      ],
    );
    expect(ids).toEqual([
      [ours.memberId],
      [ours.memberId],
      [ours.memberId, null],
      [ours.inviteId],
      [ours.keyId],
    ]);
  });

  it("I2 cannot change a member, invite or key of another workspace", async () => {
    const before = await rowsOfTheirs();
    const hash = Buffer.alloc(32, 1);
    const tokens = {
      tokenHash: hash,
      mailedTokenHash: hash,
      mailId: randomUUID(),
      tokenKid: 1,
      tokenSalt: hash,
    };
    const inviter = { userId: ours.userId, keyId: undefined };
    const secret = { kid: 1, mac: hash };
    const locked = { lockMembers: true };
    const found = await database.db.write(
      ours.grant("member:manage"),
      async ({ sql: { members, invites, serviceKeys } }) => [
        await members.changeRole({ userId: theirs.userId, role: "viewer", isNotified: true }),
        await members.remove({ userId: theirs.userId, byUserId: ours.userId, isNotified: true }),
        (await invites.renew({ ...tokens, id: theirs.inviteId, inviter, most: 9, seconds: 60 })).outcome,
        await invites.revoke(theirs.inviteId),
        await invites.decline({ inviteId: theirs.inviteId, email: "guest@example.com", tokenHash: null }),
        await serviceKeys.rotate({ id: theirs.keyId, secret, overlapHours: 1, days: 1, most: 9 }),
        await serviceKeys.revoke(theirs.keyId),
      ],
      locked,
    );
    expect(found).toEqual([null, null, "missing", null, null, null, null]);
    expect(await rowsOfTheirs()).toEqual(before);
  });

  it("I2 change only the entered workspace when a statement names none", async () => {
    const before = await rowsOfTheirs();
    const name = (workspace: PlantedWorkspace) =>
      database.owner("SELECT name, deleted_at IS NOT NULL AS deleted FROM workspaces WHERE id = $1", [
        workspace.id,
      ]);
    const write = <T>(fn: (all: TenantWrite) => Promise<T>, deleted = false) =>
      database.db.write(ours.grant("workspace:delete"), fn, { lockMembers: true, deleted });
    await write(({ sql: { workspaces } }) => workspaces.rename("Ours"));
    await write(({ sql: { workspaces } }) => workspaces.delete("Ours"));
    expect(await name(ours)).toEqual([{ name: "Ours", deleted: true }]);
    expect(await rowsOfTheirs()).toEqual(before);
    await write(({ sql: { workspaces } }) => workspaces.restore(), true);
    await write(({ sql: { workspaces } }) => workspaces.rename("Planted"));
    expect(await name(ours)).toEqual([{ name: "Planted", deleted: false }]);
    expect(await rowsOfTheirs()).toEqual(before);
  });
});
