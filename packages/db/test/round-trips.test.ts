/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// Isolation adds no round trip. With authentication, a hot read takes one awaited round trip, another read two, and a write
// two to four.
import { authorize } from "@projostack/authz";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { taskQuery, type TenantWrite } from "../src/index.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";
import { countTrips, type CountedDb } from "./kit/trip-counter.ts";

let database: TestDatabase;
let counted: CountedDb;
let home: PlantedWorkspace;
let sessionId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  sessionId = randomUUID();
  await database.owner(
    `INSERT INTO sessions (id, user_id, salt, current_workspace_id, expires_at, absolute_expires_at)
     VALUES ($1, $2, sha256('salt'), $3, now() + interval '1 day', now() + interval '1 day')`,
    [sessionId, home.userId, home.id],
  );
  counted = await countTrips(database.name);
});
afterAll(async () => {
  await counted.close();
  await database.drop();
});

const authenticate = async () => {
  expect((await counted.db.sessions.find(sessionId, null))?.membership).toEqual({
    workspaceId: home.id,
    role: "admin",
  });
};
const audit = async (tables: TenantWrite) =>
  tables.sql.audit.appendAtCommit([
    {
      id: randomUUID(),
      actorKind: "user",
      actorUserId: home.userId,
      action: "a",
      targetType: "task",
      targetId: "1",
      outcome: "ok",
      personal: { ip: "192.0.2.1", userAgent: "a browser" },
    },
  ]);
const newTask = (title: string) => ({
  id: randomUUID(),
  workspaceId: home.id,
  projectId: home.projectId,
  title,
  status: "todo",
  createdBy: home.userId,
});
const taskKey = (id: string) => ({ workspaceId_id: { workspaceId: home.id, id } });
const write = (fn: (tables: TenantWrite) => Promise<unknown>) =>
  counted.db.write(home.grant("task:write"), fn);

/** Counts the round trips of the second call. The first call also opens the connection and prepares its statements. */
async function tripsOf(work: () => Promise<unknown>): Promise<number> {
  await counted.tripsOf(work);
  return counted.tripsOf(work);
}

describe("the trip counter", () => {
  it("counts one for a statement and one more for each statement that waits for the previous one", async () => {
    expect(await tripsOf(() => counted.db.ping())).toBe(1);
    expect(
      await tripsOf(async () => {
        await counted.db.ping();
        await counted.db.ping();
      }),
    ).toBe(2);
  });
});

describe("awaited round trips", () => {
  it("of finding a session, its user and the membership: 1", async () => {
    expect(await tripsOf(authenticate)).toBe(1);
  });

  it("of one read of a workspace's rows: 1, as without isolation", async () => {
    const read = () =>
      counted.db.read(home.grant("task:read"), ({ task }) => task.findFirst({ where: { id: home.taskId } }));
    expect(await read()).toMatchObject({ id: home.taskId });
    expect(await tripsOf(read)).toBe(1);
    expect(
      await tripsOf(async () => {
        await authenticate();
        await read();
      }),
    ).toBeLessThanOrEqual(2);
  });

  it("of finding a session and a prefetched task: 1", async () => {
    const read = async () => {
      const prefetch = {
        query: taskQuery(home.taskId),
        roles: ["viewer", "member", "admin"],
        tokenEndsAtSeconds: 4_000_000_000,
      } as const;
      const found = await counted.db.sessions.find(sessionId, null, prefetch);
      expect(found?.membership).toEqual({ workspaceId: home.id, role: "admin" });
      const task = await counted.db.read(
        home.grant("task:read"),
        ({ sql: { tasks } }) => tasks.find(home.taskId),
        { prefetched: found?.prefetched },
      );
      expect(task).toMatchObject({ id: home.taskId });
    };
    expect(await tripsOf(read)).toBe(1);
  });

  it("of finding a session and a task without prefetching: 2", async () => {
    const read = async () => {
      await authenticate();
      await counted.db.read(home.grant("task:read"), ({ sql: { tasks } }) => tasks.find(home.taskId));
    };
    expect(await tripsOf(read)).toBe(2);
  });

  it("of an authenticated creation of a task with singleStatement: 2", async () => {
    const create = async () => {
      await authenticate();
      const { workspaceId: _, ...task } = newTask("Made at once");
      await counted.db.write(home.grant("task:write"), ({ sql: { tasks } }) => tasks.insert(task), {
        singleStatement: true,
      });
    };
    expect(await tripsOf(create)).toBe(2);
    expect(await database.owner("SELECT FROM tasks WHERE title = 'Made at once'")).toHaveLength(2);
  });

  it("of an authenticated, audited deletion of a task: 3", async () => {
    const ids = [randomUUID(), randomUUID()];
    await database.db.write(home.grant("task:write"), ({ task }) =>
      task.createMany({ data: ids.map((id) => ({ ...newTask("Doomed"), id })) }),
    );
    const remove = async () => {
      await authenticate();
      await write(async (tables) => {
        expect(await tables.sql.tasks.remove(ids.pop() ?? "")).toEqual({ title: "Doomed" });
        await audit(tables);
      });
    };
    expect(await tripsOf(remove)).toBe(3);
  });

  it("N6 of a write with an idempotency key: as many as without one", async () => {
    const keyed = (of: "workspace" | "account") => ({
      claim: { of, id: randomUUID(), fingerprint: Buffer.alloc(16, 1) },
      seal: () => Buffer.from("sealed"),
    });
    const create = (key?: ReturnType<typeof keyed>, singleStatement = false) => {
      const { workspaceId: _, ...task } = newTask("Made with a key");
      const options = { singleStatement, keyed: key };
      return counted.db.write(home.grant("task:write"), ({ sql: { tasks } }) => tasks.insert(task), options);
    };
    expect(await tripsOf(() => create(keyed("workspace"), true))).toBe(
      await tripsOf(() => create(undefined, true)),
    );
    expect(await tripsOf(() => create(keyed("workspace")))).toBe(await tripsOf(() => create()));
    expect(await tripsOf(() => create(keyed("account")))).toBe(await tripsOf(() => create()));
    const [row] = await database.owner<{ workspace: number; account: number }>(
      `SELECT (SELECT count(*)::integer FROM idempotency_keys WHERE answer IS NOT NULL OR created IS NOT NULL) AS workspace,
              (SELECT count(*)::integer FROM account_idempotency_keys WHERE answer IS NOT NULL) AS account`,
    );
    expect(row).toEqual({ workspace: 4, account: 2 });
  });

  it("N6 of a change of an account with an idempotency key: as many as without one", async () => {
    const change = (of?: "account") => {
      const event = { id: randomUUID(), action: "a", requestId: null, ip: null, userAgent: null };
      const claim = { of: "account", id: randomUUID(), fingerprint: Buffer.alloc(16, 1) } as const;
      const keep = of && { claim, answer: Buffer.from("sealed") };
      return counted.db.accounts.record(home.userId, "ok", event, keep);
    };
    expect(await tripsOf(() => change("account"))).toBe(await tripsOf(() => change()));
  });

  it("of finding a service key and its workspace: 1", async () => {
    const find = async () => {
      expect(await counted.db.serviceKeys.find(home.keyId)).toMatchObject({ workspaceId: home.id });
    };
    expect(await tripsOf(find)).toBe(1);
  });

  it("of finding the invite of a token: 1", async () => {
    const [row] = await database.owner<{ hash: Buffer }>(
      "SELECT token_hash AS hash FROM invites WHERE id = $1",
      [home.inviteId],
    );
    const find = async () => {
      expect(await counted.db.invites.find(row?.hash ?? Buffer.alloc(0))).toMatchObject({
        id: home.inviteId,
      });
    };
    expect(await tripsOf(find)).toBe(1);
  });

  it("of an authenticated, audited creation by a service key: at most 4", async () => {
    await database.owner(`UPDATE service_keys SET role = 'member', scopes = '{task:write}' WHERE id = $1`, [
      home.keyId,
    ]);
    const create = async () => {
      const key = await counted.db.serviceKeys.find(home.keyId);
      if (!key) throw new Error("There is no such key.");
      const { id, workspaceId, createdBy: userId, role, scopes } = key;
      const grant = authorize({ workspaceId, userId, role, key: { id, scopes } }, "task:write");
      await counted.db.write(grant, async (tables) => {
        await tables.task.create({ data: newTask("Made by a key") });
        await audit(tables);
      });
    };
    expect(await tripsOf(create)).toBeLessThanOrEqual(4);
    expect(await database.owner("SELECT FROM tasks WHERE title = 'Made by a key'")).toHaveLength(2);
  });

  it("of an authenticated, audited change of a role with lockMembers: at most 4", async () => {
    const change = async () => {
      await authenticate();
      await counted.db.write(
        home.grant("member:manage"),
        async (tables) => {
          // The role is unchanged, but the statement and its locks are the same.
          const same = { userId: home.userId, role: "admin", isNotified: true } as const;
          expect(await tables.sql.members.changeRole(same)).toMatchObject({ done: true });
          await audit(tables);
        },
        { lockMembers: true },
      );
    };
    expect(await tripsOf(change)).toBeLessThanOrEqual(4);
  });

  it("of reading a user's workspaces: at most 2", async () => {
    const read = () =>
      counted.db.readPerson(home.userId, ({ workspaceMember }) =>
        workspaceMember.findMany({ include: { workspace: true } }),
      );
    expect(await tripsOf(read)).toBeLessThanOrEqual(2);
  });

  it("of an authenticated, audited creation: at most 4", async () => {
    const create = async () => {
      await authenticate();
      await write(async (tables) => {
        await tables.task.create({ data: newTask("Made") });
        await audit(tables);
      });
    };
    expect(await tripsOf(create)).toBeLessThanOrEqual(4);
  });

  it("of an authenticated creation of many: at most 4", async () => {
    const create = async () => {
      await authenticate();
      await write(async (tables) => {
        const data = [newTask("One"), newTask("Two")];
        expect(
          await tables.task.createManyAndReturn({ data, skipDuplicates: true, select: { id: true } }),
        ).toHaveLength(2);
        await audit(tables);
      });
    };
    expect(await tripsOf(create)).toBeLessThanOrEqual(4);
  });

  it("of an authenticated, audited change: at most 4", async () => {
    const change = async () => {
      await authenticate();
      await write(async (tables) => {
        await tables.task.update({ where: taskKey(home.taskId), data: { title: "Changed" } });
        await audit(tables);
      });
    };
    expect(await tripsOf(change)).toBeLessThanOrEqual(4);
  });

  it("of an authenticated, audited deletion that returns the deleted row: at most 4", async () => {
    const [first, second] = [newTask("Deleted"), newTask("Deleted")];
    await database.db.write(home.grant("task:write"), ({ task }) =>
      task.createMany({ data: [first, second] }),
    );
    const remove = async ({ id }: { id: string }) => {
      await authenticate();
      await write(async (tables) => {
        expect(await tables.task.delete({ where: taskKey(id) })).toMatchObject({ title: "Deleted" });
        await audit(tables);
      });
    };
    await counted.tripsOf(() => remove(first));
    expect(await counted.tripsOf(() => remove(second))).toBeLessThanOrEqual(4);
  });

  it("of an authenticated, audited creation of a workspace: at most 4", async () => {
    const found = async () => {
      await authenticate();
      const founding = { id: randomUUID(), name: "Founded", founderId: home.userId, memberId: randomUUID() };
      const workspace = await counted.db.foundWorkspace(founding, async (tables, made) => {
        await audit(tables);
        return made;
      });
      expect(workspace).toMatchObject({ id: founding.id, name: "Founded", createdBy: home.userId });
    };
    expect(await tripsOf(found)).toBeLessThanOrEqual(4);
  });

  it("of an authenticated list of the user's workspaces, or of those that the user can restore: 2", async () => {
    const list = async () => {
      await authenticate();
      const listed = await counted.db.readPerson(home.userId, ({ workspaces }) =>
        workspaces.list({ after: undefined, limit: 21 }),
      );
      expect(listed.find(({ id }) => id === home.id)).toMatchObject({ name: "Planted", role: "admin" });
    };
    const listDeleted = async () => {
      await authenticate();
      await counted.db.readPerson(home.userId, ({ workspaces }) =>
        workspaces.listDeleted({ after: undefined, limit: 21, restoringRoles: ["admin"] }),
      );
    };
    expect(await tripsOf(list)).toBe(2);
    expect(await tripsOf(listDeleted)).toBe(2);
  });
});
