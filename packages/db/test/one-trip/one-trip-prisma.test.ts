/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// A statement of Prisma's in one message with the statements that enter its scope.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { singleMessageSetup } from "../../src/scope/enter-sql.ts";
import { enteredQuery } from "../../src/connection/entered-query.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { count, later, openConnection, settled, type OneConnection } from "./one-trip-connection.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
let one: OneConnection;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  one = await openConnection(database);
});
afterEach(() => one.close());

describe("a statement of Prisma's in one message with its scope", () => {
  const enter = (text: string, values: unknown[], { name = "of_prisma" }: { name?: string } = {}) =>
    enteredQuery(
      one.client,
      { name, text, values },
      { entry: singleMessageSetup({ kind: "read", workspaceId: home.id }, {}), keepsPrepared: true },
    );
  const tasks = "SELECT id FROM tasks WHERE id = $1::uuid";

  it("runs in its workspace and leaves no setting behind, also when it fails", async () => {
    const wrongs: [text: string, values: unknown[], name: string][] = [
      [tasks, ["no uuid"], "of_prisma"],
      ["SELEC 1", [], "wrong"],
      ["SELECT 1 / $1::integer", [0], "divided"],
      ["DELETE FROM tasks WHERE id = $1::uuid", [home.taskId], "deleting"],
    ];
    for (const [text, values, name] of wrongs) {
      for (const _ of [1, 2]) {
        expect(await settled(enter(text, values, { name }))).toContain("error");
        await one.expectTruth();
        expect((await enter(tasks, [home.taskId])).rows).toEqual([{ id: home.taskId }]);
        await one.expectTruth();
      }
    }
    const { rows } = await one.client.query<{ role: string; here: string }>(
      "SELECT current_user::text AS role, current_setting('app.workspace_id', true) AS here",
    );
    expect(rows).toEqual([{ role: inject("cluster").server.user, here: "" }]);
  });

  it("can be sent before the previous one is answered", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => enter(tasks, [home.taskId])));
    expect(answers.map(({ rows }) => rows.length)).toEqual([1, 1, 1]);
    await one.expectTruth();
  });

  it("never runs when its scope cannot be entered", async () => {
    const entry = [{ name: "no_entry", text: "SELECT 1 / $1::integer", values: [0] }, later];
    const never = { name: "never", text: "INSERT INTO notes VALUES ($1)", values: [1] };
    for (const _ of [1, 2]) {
      expect(await settled(enteredQuery(one.client, never, { entry, keepsPrepared: true }))).toContain(
        "division",
      );
      await one.expectTruth();
    }
    expect(await one.send([count])).toMatchObject([{ rows: [{ count: 0n }] }]);
    expect(
      await settled(
        enteredQuery(one.client, never, {
          entry: entry.map((step) => ({ ...step, values: [1] })),
          keepsPrepared: true,
        }),
      ),
    ).toBe("done");
    await one.expectTruth();
  });
});
