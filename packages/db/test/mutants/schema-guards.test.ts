// Takes the guards of the schema out, one at a time, and sees the attack work that each was there to stop.
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace } from "../kit/plant-workspace.ts";
import { byName } from "./by-name.ts";
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
  const scene = { home: await plantWorkspace(database), foreign: await plantWorkspace(database) };
  await database.owner(
    `INSERT INTO account_events (id, user_id, action, outcome) VALUES (gen_random_uuid(), $1, 'session.started', 'ok')`,
    [scene.home.userId],
  );
  mutants = [...(await fromCatalogue(database, scene)), ...byName(scene), ...denialMutants(scene)];
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const says = (all: readonly { says: string }[]): string => all.map((one) => one.says).join("; ");
const attacksOf = ({ works, refused = [] }: SchemaMutant) => [...works, ...refused];

it("I2 every attack on the schema is refused while every guard is in its place", async () => {
  const worked = [];
  for (const attack of mutants.flatMap(attacksOf)) if (await tryOut(client, "", attack)) worked.push(attack);
  expect(says(worked)).toBe("");
});

it("I5 every guard of the schema is needed: without it the attack works that it stops", async () => {
  const found: string[] = [];
  for (const mutant of mutants) {
    const worked = [];
    for (const attack of attacksOf(mutant)) if (await tryOut(client, mutant.sql, attack)) worked.push(attack);
    found.push(`${mutant.says}: ${says(worked)}`);
  }
  expect(found).toEqual(mutants.map((mutant) => `${mutant.says}: ${says(mutant.works)}`));
});

it("and every attack works where all that stops it is gone", () => {
  const shown = new Set(mutants.flatMap(({ works }) => works.map((attack) => attack.says)));
  const never = mutants.flatMap(attacksOf).filter((attack) => !shown.has(attack.says));
  expect(says(never)).toBe("");
});

it("and the list of them is the one that is committed", async () => {
  const attacks = new Set(mutants.flatMap(attacksOf).map((attack) => attack.says)).size;
  const rows = mutants.map(
    (mutant) =>
      `- **${mutant.says}.** ${mutant.works.length === 0 ? "Alone, nothing" : `Then: ${says(mutant.works)}`}.` +
      (mutant.refused ? ` Still stopped: ${says(mutant.refused)}.` : ""),
  );
  const title = `# The schema without its guards: ${mutants.length} mutants, ${attacks} attacks`;
  const printed = "<!-- Printed by packages/db/test/mutants/schema-guards.test.ts. Do not edit. -->";
  await expect([printed, "", title, "", ...rows, ""].join("\n")).toMatchFileSnapshot("schema-guards.md");
});
