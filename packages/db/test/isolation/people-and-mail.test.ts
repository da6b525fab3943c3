// The rights of projo_tenant to tables that are not tenant tables: users and the mail outbox.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asTenantOf, attempt, raw, refused } from "../kit/raw.ts";

let database: TestDatabase;
let ours: PlantedWorkspace;
let theirs: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  ours = await plantWorkspace(database);
  theirs = await plantWorkspace(database);
});
afterAll(() => database.drop());

describe("a workspace", () => {
  it("I2 reads the email addresses of its members and of no other user", async () => {
    await raw(database, asTenantOf(ours.id), async (client) => {
      const { rows } = await client.query("SELECT id, email FROM users");
      expect(rows).toEqual([{ id: ours.userId, email: `${ours.userId}@example.com` }]);
    });
    await raw(database, "SET LOCAL ROLE projo_tenant", async (client) => {
      expect(await attempt(client, "SELECT id FROM users")).toBe("0 rows");
    });
  });

  it("A3 reads no password or other column of a user, and changes none", async () => {
    await raw(database, asTenantOf(ours.id), async (client) => {
      for (const text of [
        "SELECT password_hash FROM users",
        "SELECT * FROM users",
        "SELECT email_verified_at FROM users",
        "UPDATE users SET email = 'mine@example.com'",
        "DELETE FROM users",
      ]) {
        expect(await attempt(client, text), text).toBe("permission denied for table users");
      }
    });
  });

  it("I2 queues and deletes its own mail and no mail of another workspace", async () => {
    const insert = `INSERT INTO mail_outbox (id, template, recipient, about_workspace_id) VALUES ($1, 'invite', 'a@b.co', $2)`;
    await raw(database, asTenantOf(ours.id), async (client) => {
      const { rows } = await client.query(
        "SELECT about_workspace_id AS id, invite_id AS invite FROM mail_outbox",
      );
      expect(rows).toEqual([{ id: ours.id, invite: ours.inviteId }]);
      const ofTheirs = `WHERE about_workspace_id = '${theirs.id}'`;
      expect(await attempt(client, `DELETE FROM mail_outbox ${ofTheirs}`)).toBe("0 rows");
      expect(await attempt(client, "DELETE FROM mail_outbox")).toBe("1 rows");
      expect(await attempt(client, insert, [randomUUID(), ours.id])).toBe("1 rows");
      expect(await attempt(client, insert, [randomUUID(), theirs.id])).toBe(refused("mail_outbox"));
      expect(await attempt(client, insert, [randomUUID(), null])).toBe(refused("mail_outbox"));
    });
    await raw(database, "SET LOCAL ROLE projo_tenant", async (client) => {
      expect(await attempt(client, "SELECT status FROM mail_outbox")).toBe("0 rows");
      expect(await attempt(client, insert, [randomUUID(), ours.id])).toBe(refused("mail_outbox"));
    });
  });

  it("A3 cannot read the recipient of a mail or the salt of its token", async () => {
    await raw(database, asTenantOf(ours.id), async (client) => {
      for (const column of [
        "recipient",
        "token_salt",
        "token_kid",
        "facts",
        "one_time_token_id",
        "last_error",
      ]) {
        expect(await attempt(client, `SELECT ${column} FROM mail_outbox`), column).toBe(
          "permission denied for table mail_outbox",
        );
      }
      expect(await attempt(client, "UPDATE mail_outbox SET recipient = 'me@example.com'")).toBe(
        "permission denied for table mail_outbox",
      );
    });
  });
});
