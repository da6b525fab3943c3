// Mutation testing of the schema: it removes each check in turn and expects that the attack that the check stops succeeds.
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace } from "../kit/plant-workspace.ts";
import { addressedInviteMutants } from "./addressed-invites.ts";
import { byName } from "./by-name.ts";
import { cookieSessionMutants } from "./cookie-sessions.ts";
import { denialMutants } from "./denials.ts";
import { fromCatalogue } from "./from-catalogue.ts";
import { tryOut, type SchemaMutant } from "./schema-mutant.ts";

let database: TestDatabase;
let client: pg.Client;
let mutants: SchemaMutant[];
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const workspaces = { home: await plantWorkspace(database), foreign: await plantWorkspace(database) };
  await database.owner(
    `INSERT INTO account_events (id, user_id, action, outcome) VALUES (gen_random_uuid(), $1, 'session.started', 'ok')`,
    [workspaces.home.userId],
  );
  mutants = [
    ...(await fromCatalogue(database, workspaces)),
    ...byName(workspaces),
    ...denialMutants(workspaces),
    ...addressedInviteMutants(workspaces),
    ...cookieSessionMutants(workspaces),
  ];
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const says = (all: readonly { says: string }[]): string => all.map((one) => one.says).join("; ");
const attacksOf = ({ works, refused = [] }: SchemaMutant) => [...works, ...refused];

it("I2 the complete schema refuses every attack", async () => {
  const worked = [];
  for (const attack of mutants.flatMap(attacksOf)) if (await tryOut(client, "", attack)) worked.push(attack);
  expect(says(worked)).toBe("");
});

it("I5 without any one check of the schema, exactly the listed attacks succeed", async () => {
  const found: string[] = [];
  for (const mutant of mutants) {
    const worked = [];
    for (const attack of attacksOf(mutant)) if (await tryOut(client, mutant.sql, attack)) worked.push(attack);
    found.push(`${mutant.says}: ${says(worked)}`);
  }
  expect(found).toEqual(mutants.map((mutant) => `${mutant.says}: ${says(mutant.works)}`));
});

it("every attack succeeds with at least one mutant", () => {
  const shown = new Set(mutants.flatMap(({ works }) => works.map((attack) => attack.says)));
  const never = mutants.flatMap(attacksOf).filter((attack) => !shown.has(attack.says));
  expect(says(never)).toBe("");
});

it("schema-guards.md is up to date", async () => {
  const attacks = new Set(mutants.flatMap(attacksOf).map((attack) => attack.says)).size;
  const rows = mutants.map(
    (mutant) =>
      `- **${mutant.says}.** ${mutant.works.length === 0 ? "No attack succeeds" : `Succeeds: ${says(mutant.works)}`}.` +
      (mutant.refused ? ` Refused: ${says(mutant.refused)}.` : ""),
  );
  const title = `# Mutation testing of the schema: ${mutants.length} mutants, ${attacks} attacks`;
  const printed = "<!-- Printed by packages/db/test/mutants/schema-guards.test.ts. Do not edit. -->";
  await expect([printed, "", title, "", ...rows, ""].join("\n")).toMatchFileSnapshot("schema-guards.md");
});
