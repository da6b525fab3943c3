// Mutation testing of the locks that entering a workspace takes. Their effect needs two transactions.
import pg from "pg";
import { expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { inWorkspace, lessOf } from "./schema-mutant.ts";

interface Lock {
  readonly says: string;
  readonly mutation: string;
  /** The statement of the first transaction, which stays open. */
  first(home: PlantedWorkspace): string;
  /** The statement of the second transaction, which succeeds meanwhile only without the lock. */
  second(home: PlantedWorkspace): string;
}

const end = (table: string, id: string) => `UPDATE ${table} SET locked_at = now() WHERE id = '${id}'`;
const locks: readonly Lock[] = [
  {
    says: "M3 a membership cannot end during a write of its member",
    mutation: lessOf("projo_enter", "FOR SHARE"),
    first: ({ userId }) => `SELECT projo_enter('${userId}', ARRAY['admin'], false)`,
    second: ({ memberId }) => end("workspace_members", memberId),
  },
  {
    says: "M3 a service key cannot end during one of its writes",
    mutation: lessOf("projo_enter_by_key", "FOR SHARE"),
    first: ({ keyId }) => `SELECT projo_enter_by_key('${keyId}', 'task:read', ARRAY['viewer'])`,
    second: ({ keyId }) => end("service_keys", keyId),
  },
];

it.each(locks)("$says", async ({ mutation, first, second }) => {
  const database = await createTestDatabase();
  try {
    expect(await getsThrough(database, first, second), "with the lock").toBe(false);
    await database.owner(mutation);
    expect(await getsThrough(database, first, second), "without the lock").toBe(true);
  } finally {
    await database.drop();
  }
});

/** Whether the second statement succeeds while the first transaction is open. */
async function getsThrough(
  database: TestDatabase,
  first: Lock["first"],
  second: Lock["second"],
): Promise<boolean> {
  const home = await plantWorkspace(database);
  const [one, other] = [0, 1].map(() => new pg.Client({ connectionString: database.ownerUrl }));
  if (!one || !other) throw new Error("Two are needed.");
  await Promise.all([one.connect(), other.connect()]);
  try {
    await one.query(`BEGIN; ${inWorkspace(home.id)}; ${first(home)}`);
    await other.query(`BEGIN; SET LOCAL lock_timeout = '200ms'; ${inWorkspace(home.id)}`);
    return await other.query(second(home)).then(
      () => true,
      () => false,
    );
  } finally {
    await Promise.all([one.end(), other.end()]);
  }
}
