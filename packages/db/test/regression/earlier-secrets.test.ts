// During a rolling update, a server of the previous build rotates keys in a database of this build, with its own statements.
import { afterAll, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace } from "../kit/plant-workspace.ts";
import { raw } from "../kit/raw.ts";

let database: TestDatabase | undefined;
let keyId: string;
beforeEach(async () => {
  await database?.drop();
  database = await createTestDatabase();
  ({ keyId } = await plantWorkspace(database));
  await database.owner("UPDATE service_keys SET expires_at = now() + interval '30 days' WHERE id = $1", [
    keyId,
  ]);
});
afterAll(() => database?.drop());

/** The statement of the build before the column earlier_macs. */
const rotate = (secret: string, overlapHours: number, days = 90) =>
  database?.owner(
    `UPDATE service_keys AS k
        SET previous_kid = CASE WHEN $2::integer > 0 THEN secret_kid END,
            previous_mac = CASE WHEN $2::integer > 0 THEN secret_mac END,
            previous_expires_at = CASE WHEN $2::integer > 0 THEN
              least(now() + make_interval(hours => $2::integer), expires_at, now() + make_interval(days => $3::integer)) END,
            secret_kid = 1, secret_mac = sha256($4::text::bytea), rotated_at = now(),
            expires_at = now() + make_interval(days => $3::integer)
      WHERE k.id = $1::uuid AND k.revoked_at IS NULL`,
    [keyId, overlapHours, days, secret],
  );

const secrets = async () => (await database?.db.serviceKeys.find(keyId))?.secrets.length;

it("N7 keeps the secret in use when a server of the previous build repeats a rotation", async () => {
  await rotate("lost", 24);
  await rotate("repeated", 24);
  expect(await secrets()).toBe(3);
});

it("ends every earlier secret when a server of the previous build rotates without an overlap", async () => {
  await rotate("a", 24);
  await rotate("b", 24);
  await rotate("c", 0);
  expect(await secrets()).toBe(1);
});

it("keeps a secret beyond the end of a newer secret, and the newer one no longer than its own end", async () => {
  await rotate("week", 168);
  await rotate("day", 24, 1);
  expect(await secrets()).toBe(3);
  await database?.owner(
    `UPDATE service_keys
        SET rotated_at = rotated_at - past, expires_at = expires_at - past, secret_expires_at = secret_expires_at - past,
            previous_expires_at = previous_expires_at - past,
            earlier_expire_at = ARRAY(SELECT e - past FROM unnest(earlier_expire_at) AS e)
       FROM (SELECT interval '25 hours' AS past) AS moved`,
  );
  // Only the secret before the first rotation is left.
  expect(await secrets()).toBe(1);
});

it("returns to the previous build the columns that its lookup reads", async () => {
  await rotate("a", 24);
  await rotate("b", 24);
  if (!database) throw new Error("There is no database.");
  await raw(database, "SET LOCAL ROLE projo_system", async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(
      `SELECT key_id AS id, workspace_id AS "workspaceId", name, role, scopes, created_by AS "createdBy",
              secret_kid, secret_mac, previous_kid, previous_mac
         FROM projo_service_key($1::uuid)`,
      [keyId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id: keyId, secret_kid: 1, previous_kid: 1 });
  });
});
