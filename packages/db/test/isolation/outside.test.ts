/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// What projo_system can read outside any workspace: a user's memberships, and rows that the caller can name.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { attempt, raw } from "../kit/raw.ts";
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

describe("a user outside any workspace", () => {
  it("reads the own memberships and workspaces and no others", async () => {
    const seen = await database.db.readPerson(ours.userId, async ({ workspace, workspaceMember }) => [
      await workspace.findMany({ select: { id: true } }),
      await workspaceMember.findMany({ select: { id: true } }),
    ]);
    expect(seen).toEqual([[{ id: ours.id }], [{ id: ours.memberId }]]);
  });

  it("I3 without a user id, projo_system reads no workspace, membership, invite or key", async () => {
    const settings = ["", "app.user_id", "app.invite_token_hash", "app.service_key_ids"];
    for (const setting of settings) {
      const enter = setting === "" ? "" : `SET LOCAL ${setting} = '';`;
      await raw(database, `${enter} SET LOCAL ROLE projo_system`, async (client) => {
        for (const table of ["workspaces", "workspace_members", "invites", "service_keys"]) {
          expect(await attempt(client, `SELECT FROM ${table}`), `${table}, ${setting} empty`).toBe("0 rows");
        }
        expect(await attempt(client, "UPDATE service_keys SET last_used_at = now()")).toBe("0 rows");
        expect(await attempt(client, "SELECT FROM users")).toBe("2 rows");
      });
    }
  });

  it("cannot read or delete the contents of a workspace", async () => {
    await raw(
      database,
      `SET LOCAL app.user_id = '${ours.userId}'; SET LOCAL ROLE projo_system`,
      async (client) => {
        for (const { table } of tables) {
          const own = table === "workspaces" || table === "workspace_members";
          const hidden = table === "invites" || table === "service_keys";
          const outcome = own ? "1 rows" : hidden ? "0 rows" : `permission denied for table ${table}`;
          expect(await attempt(client, `SELECT FROM ${table}`)).toBe(outcome);
          expect(await attempt(client, `DELETE FROM ${table}`)).toBe(`permission denied for table ${table}`);
        }
      },
    );
  });
});

describe("projo_system with a named row, outside any workspace", () => {
  const asSystemWith = (setting: string, value: string) =>
    `SET LOCAL ${setting} = '${value}'; SET LOCAL ROLE projo_system`;
  const idsIn = async (client: pg.PoolClient, table: string): Promise<string[]> =>
    (await client.query<{ id: string }>(`SELECT id FROM ${table}`)).rows.map(({ id }) => id);

  it("I3 reads the invite of either token and the name of its workspace", async () => {
    const [hashes] = await database.owner<{ shown: string; mailed: string }>(
      `SELECT encode(token_hash, 'hex') AS shown, encode(mailed_token_hash, 'hex') AS mailed FROM invites WHERE id = $1`,
      [ours.inviteId],
    );
    for (const hash of [hashes?.shown ?? "", hashes?.mailed ?? ""]) {
      await raw(database, asSystemWith("app.invite_token_hash", hash), async (client) => {
        expect(await idsIn(client, "invites")).toEqual([ours.inviteId]);
        expect(await idsIn(client, "workspaces")).toEqual([ours.id]);
        expect(await idsIn(client, "service_keys")).toEqual([]);
        expect(await attempt(client, "UPDATE invites SET used_at = now()")).toBe(
          "permission denied for table invites",
        );
      });
    }
    await raw(database, asSystemWith("app.invite_token_hash", "00".repeat(32)), async (client) => {
      expect(await idsIn(client, "invites")).toEqual([]);
    });
  });

  it("V3 reads the invites to the user's address only after it is verified", async () => {
    const guest = randomUUID();
    await database.owner(
      "INSERT INTO users (id, email, password_hash) VALUES ($1, 'guest@example.com', 'none')",
      [guest],
    );
    const seen = () =>
      raw(database, asSystemWith("app.user_id", guest), async (client) =>
        (await idsIn(client, "invites")).toSorted(),
      );
    expect(await seen()).toEqual([]);
    await database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [guest]);
    expect(await seen()).toEqual([ours.inviteId, theirs.inviteId].toSorted());
    await database.owner("DELETE FROM users WHERE id = $1", [guest]);
  });

  it("I3 reads the named service key and may only update when it was last used", async () => {
    await raw(database, asSystemWith("app.service_key_ids", ours.keyId), async (client) => {
      expect(await idsIn(client, "service_keys")).toEqual([ours.keyId]);
      expect(await idsIn(client, "invites")).toEqual([]);
      expect(await attempt(client, "UPDATE service_keys SET last_used_at = now()")).toBe("1 rows");
      for (const change of ["role = 'admin'", "scopes = '{task:write}'", "expires_at = 'infinity'"]) {
        expect(await attempt(client, `UPDATE service_keys SET ${change}`)).toBe(
          "permission denied for table service_keys",
        );
      }
      expect(await attempt(client, "DELETE FROM service_keys")).toBe(
        "permission denied for table service_keys",
      );
    });
  });

  it("I9 keeps no named row for the next transaction on the connection", async () => {
    expect(await database.db.serviceKeys.find(ours.keyId)).toMatchObject({ workspaceId: ours.id });
    await raw(database, "SET LOCAL ROLE projo_system", async (client) => {
      await client.query("SELECT * FROM projo_service_key($1)", [ours.keyId]);
      await client.query("COMMIT; BEGIN; SET LOCAL ROLE projo_system");
      expect(await idsIn(client, "service_keys")).toEqual([]);
    });
  });

  it("reads a workspace that can no longer be restored, and none deleted later", async () => {
    const seen = async (days: number) => {
      await database.owner("UPDATE workspaces SET deleted_at = now() - $1 * interval '1 day' WHERE id = $2", [
        days,
        theirs.id,
      ]);
      return raw(database, "SET LOCAL ROLE projo_system", (client) => idsIn(client, "workspaces"));
    };
    expect(await seen(29)).toEqual([]);
    expect(await seen(31)).toEqual([theirs.id]);
    await database.owner("UPDATE workspaces SET deleted_at = NULL WHERE id = $1", [theirs.id]);
  });
});
