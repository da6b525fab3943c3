// An owner without CREATEROLE: it can migrate if the roles exist. Otherwise the error names the missing role.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EmbeddedPostgres } from "../../src/embedded/index.ts";
import { migrate, startEmbeddedPostgres, withOwner } from "../../src/index.ts";

let directory: string;
let postgres: EmbeddedPostgres;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "projo-plain-owner-"));
  postgres = await startEmbeddedPostgres({ dataDir: directory, settings: { fsync: "off" } });
});
afterAll(async () => {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
});

const admin = (text: string) =>
  withOwner({ ...postgres.owner, database: "postgres" }, (client) => client.query(text));
const migrated = () =>
  withOwner({ ...postgres.owner, database: "plain" }, async (client) => {
    // The statements run as the plain role, which then owns the objects.
    await client.query("SET SESSION AUTHORIZATION plain");
    return migrate(client);
  });

it("the migration names the role to create for an owner without CREATEROLE, and succeeds when it exists", async () => {
  await admin("CREATE ROLE plain");
  await admin("CREATE DATABASE plain OWNER plain");
  await admin("CREATE ROLE projo_tenant NOLOGIN NOINHERIT");
  await admin("CREATE ROLE projo_system NOLOGIN NOINHERIT");
  await expect(migrated()).rejects.toThrow(
    /operator_role failed and was undone: the owner may not make the role projo_operator: give it CREATEROLE, or make the role first by CREATE ROLE projo_operator NOLOGIN NOINHERIT/,
  );
  await admin("CREATE ROLE projo_operator NOLOGIN NOINHERIT");
  expect((await migrated()).at(0)).toMatch(/operator_role$/);
  expect(await migrated()).toEqual([]);
});
