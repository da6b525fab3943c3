/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the promises it serves */
// Isolation may cost no waiting: a hot read waits once, authenticated and all, any other twice, a write three times or four.
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

/** The second time: the first has also opened the connection and prepared its statements. */
async function tripsOf(work: () => Promise<unknown>): Promise<number> {
  await counted.tripsOf(work);
  return counted.tripsOf(work);
}

describe("the count itself", () => {
  it("is one for a statement, and one more for each that waits for the one before", async () => {
    expect(await tripsOf(() => counted.db.ping())).toBe(1);
    expect(
      await tripsOf(async () => {
        await counted.db.ping();
        await counted.db.ping();
      }),
    ).toBe(2);
  });
});

describe("waited round trips", () => {
  it("a session, its user and their membership: 1", async () => {
    expect(await tripsOf(authenticate)).toBe(1);
  });

  it("one read of a workspace's rows: 1, as without isolation", async () => {
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

  it("a task, and who asks for it: 1", async () => {
    const read = async () => {
      const ahead = {
        query: taskQuery(home.taskId),
        roles: ["viewer", "member", "admin"],
        tokenEndsAtSeconds: 4_000_000_000,
      } as const;
      const found = await counted.db.sessions.find(sessionId, null, ahead);
      expect(found?.membership).toEqual({ workspaceId: home.id, role: "admin" });
      const task = await counted.db.read(
        home.grant("task:read"),
        ({ sql: { tasks } }) => tasks.find(home.taskId),
        found?.prefetched,
      );
      expect(task).toMatchObject({ id: home.taskId });
    };
    expect(await tripsOf(read)).toBe(1);
  });

  it("the same where it was not asked ahead: 2", async () => {
    const read = async () => {
      await authenticate();
      await counted.db.read(home.grant("task:read"), ({ sql: { tasks } }) => tasks.find(home.taskId));
    };
    expect(await tripsOf(read)).toBe(2);
  });

  it("an authenticated creation of a task, which is one statement: 2", async () => {
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

  it("an authenticated, audited deletion of a task: 3", async () => {
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

  it("a service key and its place: 1", async () => {
    const find = async () => {
      expect(await counted.db.serviceKeys.find(home.keyId)).toMatchObject({ workspaceId: home.id });
    };
    expect(await tripsOf(find)).toBe(1);
  });

  it("the invite behind a token: 1", async () => {
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

  it("an audited creation by a service key, with the look at the key: at most 4", async () => {
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

  it("an authenticated, audited change of a role, in its turn: at most 4", async () => {
    const change = async () => {
      await authenticate();
      await counted.db.write(
        home.grant("member:manage"),
        async (tables) => {
          // To the role that they have: the statement and its locks are the same.
          expect(await tables.sql.members.changeRole(home.userId, "admin")).toMatchObject({ done: true });
          await audit(tables);
        },
        { lockMembers: true },
      );
    };
    expect(await tripsOf(change)).toBeLessThanOrEqual(4);
  });

  it("a person's own workspaces: at most 2", async () => {
    const read = () =>
      counted.db.readPerson(home.userId, ({ workspaceMember }) =>
        workspaceMember.findMany({ include: { workspace: true } }),
      );
    expect(await tripsOf(read)).toBeLessThanOrEqual(2);
  });

  it("an authenticated, audited creation: at most 4", async () => {
    const create = async () => {
      await authenticate();
      await write(async (tables) => {
        await tables.task.create({ data: newTask("Made") });
        await audit(tables);
      });
    };
    expect(await tripsOf(create)).toBeLessThanOrEqual(4);
  });

  it("an authenticated creation of many: at most 4", async () => {
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

  it("an authenticated, audited change: at most 4", async () => {
    const change = async () => {
      await authenticate();
      await write(async (tables) => {
        await tables.task.update({ where: taskKey(home.taskId), data: { title: "Changed" } });
        await audit(tables);
      });
    };
    expect(await tripsOf(change)).toBeLessThanOrEqual(4);
  });

  it("an authenticated, audited deletion that returns what it deleted: at most 4", async () => {
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

  it("an authenticated, audited founding of a workspace: at most 4", async () => {
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

  it("an authenticated list of one's workspaces, or of those one may restore: 2", async () => {
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
