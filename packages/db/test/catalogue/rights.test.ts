// The test migrates a database in the same way as an operator does and prints the rights of the roles. It does not copy the
// template database, because PostgreSQL does not copy the rights to the database itself.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import {
  migrate,
  prepareLogin,
  prepareOperatorLogin,
  readPostgresAddress,
  withOwner,
} from "../../src/index.ts";
import { prepareBackupRole } from "../../src/backup/prepare-backup-role.ts";
import { printRights } from "./database-rights.ts";

const name = `projo_test_rights_${randomUUID().slice(0, 8)}`;
const { owner, server, operator } = inject("cluster");
const DUMP = "projo_dump";
const addressOf = (user: string) => readPostgresAddress(`postgres://${user}@127.0.0.1/${name}`);
const asOwnerOf = <T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withOwner({ ...owner, database }, work);

beforeAll(async () => {
  await asOwnerOf("postgres", (client) => client.query(`CREATE DATABASE ${name}`));
  await asOwnerOf(name, async (client) => {
    await migrate(client);
    await prepareLogin(client, { user: server.user });
    await prepareOperatorLogin(client, { user: operator.user });
    const options = {
      ownerAddress: addressOf(owner.user),
      backupAddress: addressOf(DUMP),
      usePolicies: false,
    };
    await prepareBackupRole(client, { ...options, note: () => {} });
  });
});
afterAll(() => asOwnerOf("postgres", (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)));

// After an intended change, run: npx vitest run packages/db/test/catalogue --update
it("I4 I5 I8 U2 database-rights.md is up to date", async () => {
  const page = await asOwnerOf(name, (client) =>
    printRights(client, { server: server.user, operator: operator.user, backup: DUMP }),
  );
  await expect(page).toMatchFileSnapshot("../../../../docs/reference/database-rights.md");
});

it("I4 the logins and their roles cannot create tables, not even temporary ones", async () => {
  const refusals = await asOwnerOf(name, async (client) => {
    const answers: string[] = [];
    const groups = ["projo_tenant", "projo_system", "projo_operator", "projo_backup"];
    for (const role of [server.user, operator.user, DUMP, ...groups]) {
      for (const statement of [
        "CREATE TEMPORARY TABLE tasks ()",
        "CREATE TABLE mine ()",
        "CREATE SCHEMA mine",
      ]) {
        const attempt = client.query(`BEGIN; SET LOCAL ROLE ${role}; ${statement}`);
        answers.push(await attempt.then(() => `${role} may ${statement}`, messageOf));
        await client.query("ROLLBACK");
      }
    }
    return answers;
  });
  expect(refusals.filter((answer) => !answer.startsWith("permission denied"))).toEqual([]);
  expect(refusals).toHaveLength(21);
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
