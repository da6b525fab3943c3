// The rules of Citus for the schema, on an ordinary PostgreSQL: the migrations keep each of them, and the check finds a violation
// of each.
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { coordinatorTables, distributedTables } from "../../src/citus/distributed-tables.ts";
import { schemaProblems } from "../../src/citus/schema-problems.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { tenantTables } from "../kit/tenant-tables.ts";

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});
// Each violation is rolled back.
beforeEach(() => owner.query("BEGIN"));
afterEach(() => owner.query("ROLLBACK"));

it("the migrations keep the rules of Citus for every distributed table", async () => {
  expect(await schemaProblems(owner)).toEqual([]);
});

it("every table of a workspace is distributed or is listed as a table of the coordinator", async () => {
  const distributed = await distributedTables(owner);
  const all = (await tenantTables(database)).map(({ table }) => table);
  const owned = ["audit_denials", "audit_heads", "audit_logs"];
  expect(distributed.filter(({ group }) => group === "owner").map(({ name }) => name)).toEqual(owned);
  const placed = [...distributed.map(({ name }) => name), ...coordinatorTables];
  expect(placed.toSorted()).toEqual([...new Set([...all, ...owned])].toSorted());
});

it("a table follows the tables that it references", async () => {
  const names = (await distributedTables(owner)).map(({ name }) => name);
  expect(names.indexOf("projects")).toBeLessThan(names.indexOf("tasks"));
});

const NOTES = "CREATE TABLE notes (workspace_id UUID NOT NULL, id UUID NOT NULL";
const notes = `${NOTES}, PRIMARY KEY (workspace_id, id))`;
const here = "nullif(current_setting('app.workspace_id', true), '')::uuid";
const trigger = (body: string, path = "SET search_path = pg_catalog, pg_temp") =>
  `CREATE FUNCTION noted() RETURNS TRIGGER LANGUAGE plpgsql ${path} AS $$ BEGIN ${body} RETURN NEW; END $$`;
const onNotes = "CREATE TRIGGER noted BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION noted()";

const violations: [rule: string, statements: string[], problem: string][] = [
  [
    "a workspace_id that can be null",
    ["CREATE TABLE notes (workspace_id UUID, id UUID PRIMARY KEY)"],
    "The column workspace_id of notes must be UUID NOT NULL",
  ],
  [
    "a workspace_id of another type",
    ["CREATE TABLE notes (workspace_id TEXT NOT NULL, id UUID NOT NULL, PRIMARY KEY (workspace_id, id))"],
    "The column workspace_id of notes must be UUID NOT NULL",
  ],
  ["a table without a primary key", [`${NOTES})`], "notes has no primary key"],
  [
    "a primary key without workspace_id",
    [`${NOTES}, PRIMARY KEY (id))`],
    "The unique index notes_pkey of notes does not contain workspace_id",
  ],
  [
    "a unique index without workspace_id",
    ["CREATE UNIQUE INDEX tasks_title_key ON tasks (title)"],
    "The unique index tasks_title_key of tasks does not contain workspace_id",
  ],
  [
    "a unique index that only includes workspace_id",
    ["CREATE UNIQUE INDEX tasks_title_key ON tasks (title) INCLUDE (workspace_id)"],
    "The unique index tasks_title_key of tasks does not contain workspace_id",
  ],
  [
    "an exclusion constraint without workspace_id",
    [notes, "ALTER TABLE notes ADD CONSTRAINT apart EXCLUDE USING btree (id WITH =)"],
    "The exclusion constraint apart of notes does not compare workspace_id",
  ],
  [
    "a policy with a sub-select for reads",
    [`ALTER POLICY tenant ON tasks USING (workspace_id = (SELECT ${here}))`],
    "The policy tenant of tasks contains a sub-select",
  ],
  [
    "a policy with a sub-select for writes",
    [`ALTER POLICY tenant ON tasks WITH CHECK (workspace_id IN (SELECT id FROM workspaces))`],
    "The policy tenant of tasks contains a sub-select",
  ],
  [
    "a policy of another role with a sub-select",
    ["CREATE POLICY loose ON projects TO projo_system USING (EXISTS (SELECT FROM users))"],
    "The policy loose of projects contains a sub-select",
  ],
  [
    "a foreign key without workspace_id",
    [
      "CREATE TABLE lists (workspace_id UUID NOT NULL, id UUID NOT NULL, PRIMARY KEY (workspace_id, id))",
      `${NOTES}, list_workspace_id UUID, list_id UUID, PRIMARY KEY (workspace_id, id))`,
      "ALTER TABLE notes ADD CONSTRAINT loose FOREIGN KEY (list_workspace_id, list_id) REFERENCES lists (workspace_id, id)",
    ],
    "The foreign key loose of notes does not pair workspace_id",
  ],
  [
    "a foreign key with ON UPDATE CASCADE",
    [
      `${NOTES}, project_id UUID, PRIMARY KEY (workspace_id, id))`,
      `ALTER TABLE notes ADD CONSTRAINT moving FOREIGN KEY (workspace_id, project_id)
         REFERENCES projects (workspace_id, id) ON UPDATE CASCADE`,
    ],
    "The foreign key moving of notes changes workspace_id with the referenced row",
  ],
  [
    "a foreign key with ON DELETE SET NULL",
    [
      `${NOTES}, project_id UUID, PRIMARY KEY (workspace_id, id))`,
      `ALTER TABLE notes ADD CONSTRAINT moving FOREIGN KEY (workspace_id, project_id)
         REFERENCES projects (workspace_id, id) ON DELETE SET NULL`,
    ],
    "The foreign key moving of notes changes workspace_id with the referenced row",
  ],
  [
    "a foreign key to a table of the coordinator",
    [
      `${NOTES}, invite_id UUID, PRIMARY KEY (workspace_id, id))`,
      "ALTER TABLE notes ADD CONSTRAINT away FOREIGN KEY (workspace_id, invite_id) REFERENCES invites (workspace_id, id)",
    ],
    "The foreign key away of notes references invites, which stays on the coordinator",
  ],
  [
    "a foreign key to workspaces that deletes no rows",
    [notes, "ALTER TABLE notes ADD CONSTRAINT kept FOREIGN KEY (workspace_id) REFERENCES workspaces (id)"],
    "The foreign key kept of notes references workspaces, which stays on the coordinator",
  ],
  [
    "a foreign key to users that deletes rows",
    [
      `${NOTES}, user_id UUID, PRIMARY KEY (workspace_id, id))`,
      "ALTER TABLE notes ADD CONSTRAINT gone FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE",
    ],
    "The foreign key gone of notes references users, which stays on the coordinator",
  ],
  [
    "a foreign key from the coordinator to a distributed table",
    [
      "CREATE TABLE bookmarks (space_id UUID, task_id UUID)",
      "ALTER TABLE bookmarks ADD CONSTRAINT marked FOREIGN KEY (space_id, task_id) REFERENCES tasks (workspace_id, id)",
    ],
    "The foreign key marked of bookmarks references tasks, which is distributed",
  ],
  [
    "a trigger that reads a table",
    [notes, trigger("PERFORM FROM public.tasks;"), onNotes],
    "The trigger noted of notes calls noted, which names a table",
  ],
  [
    "a trigger whose tables depend on the search path",
    [notes, trigger("PERFORM FROM tasks;", ""), onNotes],
    "The trigger noted of notes calls noted, which names a table",
  ],
  [
    "a constraint trigger",
    [
      notes,
      trigger(""),
      "CREATE CONSTRAINT TRIGGER noted AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION noted()",
    ],
    "The trigger noted of notes is a constraint trigger or has transition tables",
  ],
  [
    "a trigger with transition tables",
    [
      notes,
      trigger(""),
      "CREATE TRIGGER noted AFTER INSERT ON notes REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION noted()",
    ],
    "The trigger noted of notes is a constraint trigger or has transition tables",
  ],
];

it.each(violations)("reports %s", async (_rule, statements, problem) => {
  for (const statement of statements) await owner.query(statement);
  const [found, ...others] = await schemaProblems(owner);
  expect(found).toContain(problem);
  // A primary key without workspace_id breaks no other rule than that of its index.
  expect(others.filter((other) => !other.includes("notes_pkey"))).toEqual([]);
});

it("reports nothing for a table that keeps the rules", async () => {
  for (const statement of [
    `${NOTES}, project_id UUID NOT NULL, created_by UUID REFERENCES users (id) ON DELETE RESTRICT, title TEXT, PRIMARY KEY (workspace_id, id),
     UNIQUE (title, workspace_id),
     FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
     FOREIGN KEY (workspace_id, project_id) REFERENCES projects (workspace_id, id) ON DELETE CASCADE)`,
    `CREATE POLICY tenant ON notes TO projo_tenant USING (workspace_id = ${here}) WITH CHECK (workspace_id = ${here})`,
    trigger("NEW.title := upper(NEW.title);"),
    onNotes,
  ])
    await owner.query(statement);
  expect(await schemaProblems(owner)).toEqual([]);
});
