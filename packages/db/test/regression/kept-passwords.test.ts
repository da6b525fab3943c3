// Each `projostack migrate` gave the logins a new verifier. PgBouncer has a copy of the verifier, and could not sign in any more.
import { afterAll, beforeAll, expect, it } from "vitest";
import { passwordOf, setUp, startGivenPostgres, type GivenPostgres } from "../kit/given-postgres.ts";

const owner = "kept_owner";
const server = "projo_server";

let postgres: GivenPostgres;
beforeAll(async () => {
  postgres = await startGivenPostgres();
});
afterAll(() => postgres.stop());

const verifier = async () => {
  const [row] = await postgres.admin<{ verifier: string }>(
    `SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = '${server}'`,
  );
  return row?.verifier;
};

it("db:migrate keeps the verifier of a password that the login has, and replaces that of another", async () => {
  const database = await postgres.create({ owner, attributes: "CREATEROLE" });
  const env = {
    PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
    DATABASE_URL: postgres.urlOf(server, database),
  };
  expect(await setUp(env)).toMatchObject({ code: 0 });
  const first = await verifier();
  expect(first).toMatch(/^SCRAM-SHA-256\$/);
  expect(await setUp(env)).toMatchObject({ code: 0 });
  expect(await verifier()).toBe(first);
  const changed = { ...env, DATABASE_URL: env.DATABASE_URL.replace(passwordOf(server), "changed-secret") };
  expect(await setUp(changed)).toMatchObject({ code: 0 });
  expect(await verifier()).not.toBe(first);
});
