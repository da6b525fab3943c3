import { setTimeout as delay } from "node:timers/promises";
import { authorize } from "@projostack/authz";
import type { TenantWrite } from "@projostack/db";
import { untilWaiting, whileLocked } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestServer, type TestServer } from "../kit/index.ts";
import { holdOpen } from "../members/lock-waits.ts";
import { joined, keyOf, newTeam, recordOf, type Team } from "../members/team.ts";
import { setScene } from "../resources/index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Creates a workspace with a row in every table and with `tasks` tasks. The first task is that of the scene. */
async function fullTeam(tasks = 3): Promise<Team> {
  const team = await newTeam(server);
  const { founder, id } = team;
  await setScene(server, founder, { workspaceId: id, email: founder.email });
  await joined(server, team, "member");
  await keyOf(founder, team);
  await founder.call("invites.create", { email: "guest@example.org", role: "viewer" }, id);
  await founder.call("workspaces.switch", { workspaceId: id });
  const { data: project } = await founder.call("projects.create", { name: "A project" }, id);
  await server.database.owner(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
     SELECT gen_random_uuid(), $1, $2, 'A task', 'todo', $3 FROM generate_series(2, $4)`,
    [id, project.id, founder.id, tasks],
  );
  await server.database.owner(
    "INSERT INTO imported_authors (id, workspace_id, source_id, user_id) VALUES (gen_random_uuid(), $1, gen_random_uuid(), $2)",
    [id, founder.id],
  );
  await server.database.owner(
    "INSERT INTO idempotency_keys (workspace_id, id, fingerprint) VALUES ($1, gen_random_uuid(), decode(repeat('00', 16), 'hex'))",
    [id],
  );
  return team;
}

/** Deletes the workspace and makes the deletion older by an interval. */
async function deleted(team: Team, age: string): Promise<Team> {
  await team.founder.call("workspaces.delete", { name: team.name }, team.id);
  await server.database.owner("UPDATE workspaces SET deleted_at = now() - $2::interval WHERE id = $1", [
    team.id,
    age,
  ]);
  return team;
}

/** Counts the workspace's rows in each table that refers to a workspace. */
async function rowsOf({ id }: Team): Promise<Record<string, number>> {
  const columns = await server.database.owner<{ table: string; column: string }>(
    `SELECT c.table_name AS "table", c.column_name AS "column" FROM information_schema.columns AS c
      WHERE c.table_schema = 'public' AND c.udt_name = 'uuid'
        AND c.table_name <> 'audit_denials' -- hourly counters, which become audit entries or are deleted later
        AND (c.column_name LIKE '%workspace_id' OR (c.table_name = 'workspaces' AND c.column_name = 'id'))`,
  );
  const counted = columns.map(async ({ table, column }): Promise<[string, number]> => {
    const [row] = await server.database.owner<{ rows: number }>(
      `SELECT count(*)::integer AS rows FROM ${table} WHERE ${column} = $1`,
      [id],
    );
    return [table, row?.rows ?? 0];
  });
  return Object.fromEntries(await Promise.all(counted));
}

const purge = async () => {
  const { purged, problems } = await server.database.db.purgeWorkspaces();
  expect(problems).toEqual([]);
  return purged;
};

describe("The purge of deleted workspaces", () => {
  it("U8 deletes every row of an expired workspace except its audit log, and no row of another workspace", async () => {
    const over = await fullTeam();
    const others = [await fullTeam(), await deleted(await fullTeam(), "29 days 23 hours")];
    const before = await rowsOf(await deleted(over, "30 days 1 minute"));
    const othersBefore = await Promise.all(others.map((team) => rowsOf(team)));
    const entries = await recordOf(server, over);
    expect(Object.entries(before).filter(([, rows]) => rows === 0)).toEqual([]);
    expect(entries).not.toEqual([]);

    expect(await purge()).toEqual([over.id]);
    const nothing = Object.fromEntries(Object.keys(before).map((table) => [table, 0]));
    const { audit_logs: log, audit_heads: end } = before;
    expect(await rowsOf(over)).toEqual({ ...nothing, audit_logs: (log ?? 0) + 1, audit_heads: end });
    // The log keeps its entries and gets a last one about the purge.
    const purged = { actor: null, action: "workspace.purged", target: `workspace ${over.id}`, meta: {} };
    expect(await recordOf(server, over)).toEqual([...entries, purged]);
    expect(await Promise.all(others.map((team) => rowsOf(team)))).toEqual(othersBefore);
    expect(await purge()).toEqual([]);
    // The workspace is no longer the current workspace of any session.
    const { token } = over.founder;
    expect((await call(server.url, "auth.me", { token })).data.session.currentWorkspaceId).toBeNull();
  });

  it("deletes 12,000 tasks in batches of at most 5,000", async () => {
    await server.database.owner(
      `CREATE TABLE purged_parts (tasks INTEGER);
       CREATE FUNCTION note_part() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER AS $$
       BEGIN INSERT INTO public.purged_parts SELECT count(*) FROM gone; RETURN NULL; END $$;
       CREATE TRIGGER note_part AFTER DELETE ON tasks REFERENCING OLD TABLE AS gone
         FOR EACH STATEMENT EXECUTE FUNCTION note_part()`,
    );
    const team = await deleted(await fullTeam(12_000), "31 days");
    expect(await purge()).toEqual([team.id]);
    const parts = await server.database.owner<{ tasks: number }>(
      "DELETE FROM purged_parts WHERE tasks > 0 RETURNING tasks",
    );
    await server.database.owner("DROP TRIGGER note_part ON tasks");
    const sizes = parts.map(({ tasks }) => tasks);
    expect(sizes.reduce((sum, tasks) => sum + tasks, 0)).toBe(12_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5_000);
    expect((await rowsOf(team))["tasks"]).toBe(0);
  });

  it("skips a workspace that is restored after the purge has listed it", async () => {
    const first = await deleted(await fullTeam(), "31 days");
    const second = await deleted(await fullTeam(), "31 days");
    const before = await rowsOf(second);
    // The purge has listed both workspaces and waits for a lock on the first one.
    const lock = "SELECT FROM tasks WHERE workspace_id = $1 FOR UPDATE";
    const purged = await whileLocked(server.database, { lock, values: [first.id] }, async (held) => {
      const purging = purge();
      await held.untilWaiting(1);
      await server.database.owner("UPDATE workspaces SET deleted_at = now() WHERE id = $1", [second.id]);
      await held.release();
      return purging;
    });
    expect(purged).toEqual([first.id]);
    expect(await rowsOf(second)).toEqual(before);
    const restored = await second.founder.call("workspaces.restore", { workspaceId: second.id });
    expect(restored.status).toBe(200);
    expect((await second.founder.call("tasks.list", {}, second.id)).data.items).toHaveLength(3);
  });

  it("skips a workspace whose restore commits after the 30 days", async () => {
    const team = await deleted(await fullTeam(), "30 days");
    await server.database.owner(
      "UPDATE workspaces SET deleted_at = clock_timestamp() - interval '30 days' + interval '1 second' WHERE id = $1",
      [team.id],
    );
    const actor = { workspaceId: team.id, userId: team.founder.id, role: "admin" } as const;
    const open = await holdOpen<unknown, TenantWrite>(
      (work) =>
        server.database.db.write(authorize(actor, "workspace:delete"), work, {
          lockMembers: true,
          deleted: true,
        }),
      ({ sql: { workspaces } }) => workspaces.restore(),
    );
    await delay(1_100);
    const purging = purge();
    await untilWaiting(server.database, 1);
    expect(await open.commit()).toMatchObject({ id: team.id, deletedAt: null });
    expect(await purging).toEqual([]);
    expect((await team.founder.call("tasks.list", {}, team.id)).data.items).toHaveLength(3);
  });
});
