// Mistakes that a migration could contain, each in a separate database: the catalogue's check finds it and says what to
// write.
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { catalogueProblems } from "./catalogue-problems.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const OWN = "nullif(current_setting('app.workspace_id', true), '')::uuid = workspace_id";
const noteTable = `CREATE TABLE notes (workspace_id UUID NOT NULL, id UUID NOT NULL, PRIMARY KEY (workspace_id, id))`;
const enable = "ALTER TABLE notes ENABLE ROW LEVEL SECURITY";
const force = "ALTER TABLE notes FORCE ROW LEVEL SECURITY";
const policy = `CREATE POLICY "tenant" ON notes TO projo_tenant USING (${OWN}) WITH CHECK (${OWN})`;
const project = "ALTER TABLE notes ADD COLUMN project_id UUID";

const notEnabled = 'shows its rows to every workspace: ALTER TABLE "notes" ENABLE ROW LEVEL SECURITY;';
const notForced = `shows its rows to its owner's functions: ALTER TABLE "notes" FORCE ROW LEVEL SECURITY;`;
const notHeld = 'has no policy that holds projo_tenant to its workspace: CREATE POLICY "tenant" ON "notes"';

const mistakes: [what: string, statements: string[], says: string[]][] = [
  ["a table without anything", [noteTable], [notEnabled, notForced, notHeld]],
  ["a table without a policy", [noteTable, enable, force], [notHeld]],
  ["a table without row-level security", [noteTable, force, policy], [notEnabled]],
  ["a table without FORCE", [noteTable, enable, policy], [notForced]],
  [
    "a policy for reads and none for writes",
    [noteTable, enable, force, `CREATE POLICY "tenant" ON notes FOR SELECT TO projo_tenant USING (${OWN})`],
    [notHeld],
  ],
  [
    "a policy that allows everything",
    [
      noteTable,
      enable,
      force,
      `CREATE POLICY "tenant" ON notes TO projo_tenant USING (true) WITH CHECK (true)`,
    ],
    [notHeld],
  ],
  [
    "NO FORCE on an existing table",
    ["ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY"],
    ["tasks shows its rows"],
  ],
  [
    "a plain foreign key between tenant tables",
    [
      noteTable,
      enable,
      force,
      policy,
      project,
      "ALTER TABLE projects ADD CONSTRAINT projects_id_key UNIQUE (id)",
      "ALTER TABLE notes ADD CONSTRAINT loose_fkey FOREIGN KEY (project_id) REFERENCES projects (id)",
    ],
    [
      `loose_fkey lets a row of notes hang on another workspace's projects: FOREIGN KEY ("workspace_id", ...) ` +
        `REFERENCES "projects" ("workspace_id", ...);`,
    ],
  ],
];

it.each(mistakes)("I5 I6 reports %s with the SQL to write", async (_what, statements, says) => {
  expect(await catalogueProblems(database)).toEqual([]);
  for (const statement of statements) await database.owner(statement);
  expect(await catalogueProblems(database)).toEqual(
    says.map((line): unknown => expect.stringContaining(line)),
  );
});

it("reports nothing for a protected table and foreign key", async () => {
  const key = "FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id)";
  for (const statement of [noteTable, enable, force, policy, project, `ALTER TABLE notes ADD ${key}`]) {
    await database.owner(statement);
  }
  expect(await catalogueProblems(database)).toEqual([]);
});
