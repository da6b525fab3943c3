// Entries are numbered 1, 2, 3 and so on, without duplicates or gaps, also with concurrent writers.
import { authorize } from "@projostack/authz";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createDb, openPool } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asOwnerOf, entryOf, logOf, verdictOn } from "./audit-fixtures.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
});
afterAll(() => database.drop());

it("U3 20 concurrent writers, some of which roll back, leave no gap in the numbers", async () => {
  const { owner, server } = inject("cluster");
  const target = { host: owner.host, port: owner.port, ...server, database: database.name };
  const db = createDb({ pool: openPool({ target, max: 20 }) });
  const fresh = randomUUID(); // This chain is empty, so all writers begin it concurrently.
  const founding = { id: fresh, name: "Fresh", founderId: home.userId, memberId: randomUUID() };
  await db.foundWorkspace(founding, () => Promise.resolve());
  let written = 0;
  const grant = authorize({ workspaceId: fresh, userId: home.userId, role: "admin" }, "task:write");
  const rounds = 12;
  await Promise.all(
    Array.from({ length: 20 }, async (_, writer) => {
      for (let round = 0; round < rounds; round += 1) {
        const undone = (writer + round) % 4 === 0;
        const many = 1 + ((writer * round) % 3);
        const work = db.write(grant, async (tables) => {
          await tables.sql.audit.append(Array.from({ length: many }, () => entryOf()));
          if (undone) throw new Error("undone");
        });
        const outcome = await work.then(() => "written", String);
        // On an overloaded machine a writer may fail with DatabaseBusy. Nothing of it is then committed.
        expect(outcome).toMatch(undone ? /^(?:Error: undone|DatabaseBusy)/ : /^(?:written|DatabaseBusy)/);
        written += outcome === "written" ? many : 0;
      }
    }),
  );
  await db.close();
  await asOwnerOf(database, async (client) => {
    const log = await logOf(client, fresh);
    expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: written }, (_, place) => place + 1));
    expect(await verdictOn(client, fresh)).toMatchObject({ intact: true, lastSeq: written });
    const [times] = await database.owner(
      `SELECT bool_and(created_at >= before) AS onward FROM (
         SELECT created_at, lag(created_at, 1, '-infinity') OVER (ORDER BY seq) AS before FROM audit_logs WHERE workspace_id = $1
       ) AS entries`,
      [fresh],
    );
    expect(times).toEqual({ onward: true });
  });
});

it("U3 without the lock, two concurrent writers would choose the same next number", async () => {
  await database.owner("CREATE TABLE naive (seq BIGINT PRIMARY KEY, id BIGINT GENERATED ALWAYS AS IDENTITY)");
  const last = "SELECT coalesce(max(seq), 0)::int AS seq FROM naive";
  const insert = "INSERT INTO naive (seq) VALUES ($1)";
  await asOwnerOf(database, (one) =>
    asOwnerOf(database, async (other) => {
      const next: number[] = [];
      for (const client of [one, other]) {
        await client.query("BEGIN");
        next.push(((await client.query<{ seq: number }>(last)).rows[0]?.seq ?? 0) + 1);
      }
      await one.query(insert, [next[0]]);
      await one.query("COMMIT");
      await expect(other.query(insert, [next[1]])).rejects.toThrow("duplicate key");
      await other.query("ROLLBACK");
      // A sequence is no solution: a rolled-back insert leaves a gap.
      await other.query(insert, [2]);
      expect((await other.query("SELECT id FROM naive ORDER BY 1")).rows).toEqual([{ id: "1" }, { id: "3" }]);
    }),
  );
});

it("the times of a chain never decrease when the clock is set back", async () => {
  const own = await createTestDatabase();
  const place = await plantWorkspace(own);
  await own.owner("UPDATE audit_heads SET last_at = now() + interval '1 day'");
  await own.owner(
    `SET LOCAL app.workspace_id = '${place.id}'; SELECT projo_audit_append('${JSON.stringify([entryOf(), entryOf()])}')`,
  );
  expect(
    await own.owner(
      "SELECT count(*)::int AS late FROM audit_logs JOIN audit_heads USING (workspace_id) WHERE created_at = last_at",
    ),
  ).toEqual([{ late: 2 }]);
  await asOwnerOf(own, async (client) => {
    expect(await verdictOn(client, place.id)).toMatchObject({ intact: true, lastSeq: 3 });
  });
  await own.drop();
});
