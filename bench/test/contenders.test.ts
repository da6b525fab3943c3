// Tests that each compared server does the measured work correctly: the right data for a caller with access, and none for others.
// The servers run from their build (`pnpm build`), as in the benchmark.
import { bySuite } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ContenderName } from "../src/contenders/contenders.ts";
import type { RunningContender } from "../src/contenders/start-contender.ts";
import type { DataSet, Target } from "../src/dataset/data-set.ts";
import { logins } from "../src/dataset/seed-contenders.ts";
import type { HttpRequest } from "../src/load/load-client.ts";
import { withTestbed, type Testbed } from "../src/testbed/testbed.ts";

const size = { workspaces: 20, users: 200, tasks: 4_000, biggest: 1_000 };

let testbed: Testbed;
let data: DataSet;
let release = () => {};
let released: Promise<void>;
beforeAll(async () => {
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  testbed = await new Promise<Testbed>((resolve, reject) => {
    released = withTestbed(size, async (one) => {
      resolve(one);
      await done;
    });
    released.catch(reject);
  });
  ({ data } = testbed);
});
afterAll(async () => {
  release();
  await released;
});

async function send(
  running: RunningContender,
  { method, path, headers, body, expect: isExpected }: HttpRequest,
) {
  const response = await fetch(new URL(path, running.server.url), {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, asExpected: isExpected?.(response.status, text), text };
}

/** Returns the data of a response, with or without tRPC's envelope. */
const dataOf = ({ text }: { text: string }): unknown => {
  const answer: unknown = JSON.parse(text);
  return InTrpc.safeParse(answer).data?.result.data ?? answer;
};
const InTrpc = z.object({ result: z.object({ data: z.unknown() }) });
const Page = z.object({
  items: z.array(z.looseObject({ id: z.string() })),
  nextCursor: z.string().optional(),
});

async function rows<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await testbed.database.owner.query<Row>(text, values)).rows;
}

/** Returns a database row in the form of a response. */
async function rowOf(text: string, values: unknown[]): Promise<Record<string, unknown>> {
  const [row] = await rows<{ createdAt: Date }>(text, values);
  return { ...row, createdAt: row?.createdAt.toISOString() };
}

const first = (targets: readonly Target[], fits: (target: Target) => boolean = () => true): Target => {
  const found = targets.find(fits);
  if (!found) throw new Error("The data has no such target.");
  return found;
};

/** Returns a target in a workspace of which the user is not a member. */
function stranger(): Target {
  const target = first(data.targets);
  const own = new Set(
    data.targets.filter(({ userId }) => userId === target.userId).map((one) => one.workspaceId),
  );
  const foreign = first(data.biggest.concat(data.targets), ({ workspaceId }) => !own.has(workspaceId));
  return { ...foreign, userId: target.userId, tokens: target.tokens };
}

const names = bySuite<ContenderName[]>({
  short: ["projo"],
  full: ["projo", "F", "FA", "U", "U-lean", "R", "B", "B-lean"],
});

describe.each(names)("%s", (name) => {
  let running: RunningContender;
  beforeAll(async () => {
    running = await testbed.start(name);
  });
  afterAll(async () => {
    await running.server.stop();
  });
  const requests = () => running.contender.requests;
  /** The fields of a row that was not changed. The other contenders have no versions. */
  const declared = (row: Record<string, unknown>) =>
    name === "projo" ? { ...row, updatedAt: row["createdAt"], version: 1 } : row;

  it("returns the requested task with its declared fields only", async () => {
    for (const target of data.targets.slice(0, 10)) {
      const answer = await send(running, requests().getTask(target));
      const row = await rowOf(
        `SELECT id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt"
           FROM tasks WHERE id = $1`,
        [target.taskId],
      );
      expect(answer).toMatchObject({ status: 200, asExpected: true });
      expect(dataOf(answer)).toEqual(declared(row));
    }
  });

  it("lists the newest 20 tasks with a status, and the next page by cursor", async () => {
    const target = first(data.biggest);
    const newest = await rows<{ id: string }>(
      "SELECT id FROM tasks WHERE workspace_id = $1 AND status = $2 ORDER BY id DESC LIMIT 40",
      [target.workspaceId, target.status],
    );
    const answer = await send(running, requests().listTasks(target));
    expect(answer).toMatchObject({ status: 200, asExpected: true });
    const page = Page.parse(dataOf(answer));
    const next = Page.parse(dataOf(await send(running, requests().listTasks(target, page.nextCursor))));
    expect([...page.items, ...next.items].map(({ id }) => id)).toEqual(newest.map(({ id }) => id));
    expect(page.items[0]).toMatchObject({ status: target.status, createdAt: expect.any(String) });
  });

  it("returns the requested project", async () => {
    const target = first(data.targets);
    const answer = await send(running, requests().getProject(target));
    const row = await rowOf(
      `SELECT id, name, created_by AS "createdBy", created_at AS "createdAt" FROM projects WHERE id = $1`,
      [target.projectId],
    );
    expect(answer).toMatchObject({ status: 200, asExpected: true });
    expect(dataOf(answer)).toEqual(declared(row));
  });

  it("creates a task with the caller as its creator", async () => {
    const target = first(data.targets);
    const title = `Made by ${name}`;
    const answer = await send(running, requests().createTask(target, title));
    expect(answer).toMatchObject({ status: 200, asExpected: true });
    const { workspaceId, projectId, userId } = target;
    const made = await rows<{ createdBy: string }>(
      `SELECT workspace_id AS "workspaceId", project_id AS "projectId", title, status, created_by AS "createdBy"
         FROM tasks WHERE id = $1`,
      [z.object({ id: z.string() }).parse(dataOf(answer)).id],
    );
    // F does not know its caller, so the creator of the project becomes the creator of the task.
    const [project] = await rows<{ userId: string }>(
      `SELECT created_by AS "userId" FROM projects WHERE id = $1`,
      [projectId],
    );
    const createdBy = name === "F" ? project?.userId : userId;
    expect(made).toEqual([{ workspaceId, projectId, title, status: "todo", createdBy }]);
  });

  // F does not authenticate its callers by design.
  if (name === "F") return;

  it("returns 401 without a token, and for a modified token", async () => {
    const target = first(data.targets);
    const { authorization = "", ...headers } = requests().getTask(target).headers;
    const last = authorization.at(-9) === "A" ? "B" : "A";
    const forged = `${authorization.slice(0, -9)}${last}${authorization.slice(-8)}`;
    for (const request of [requests().getTask(target), requests().createTask(target, "Forged")]) {
      const { "content-type": type } = request.headers;
      const rest = { ...headers, ...(type !== undefined && { "content-type": type }) };
      expect(await send(running, { ...request, headers: rest })).toMatchObject({ status: 401 });
      const answer = await send(running, { ...request, headers: { ...rest, authorization: forged } });
      expect(answer).toMatchObject({ status: 401 });
      expect(answer.text).not.toContain(target.title);
    }
    expect(await rows("SELECT FROM tasks WHERE title = 'Forged'")).toEqual([]);
  });

  it("returns 404 for reads and writes in a workspace of which the caller is not a member", async () => {
    const target = stranger();
    const all = [
      requests().getTask(target),
      requests().listTasks(target),
      requests().getProject(target),
      requests().createTask(target, "Strange"),
    ];
    for (const request of all) {
      const answer = await send(running, request);
      expect(answer.status).toBe(404);
      expect(answer.asExpected).toBe(false);
    }
    expect(await rows("SELECT FROM tasks WHERE title = 'Strange'")).toEqual([]);
  });

  it("returns 404 for a task of another workspace", async () => {
    const own = first(data.targets);
    const foreign = first(data.targets, ({ workspaceId }) => workspaceId !== own.workspaceId);
    const answer = await send(running, requests().getTask({ ...own, taskId: foreign.taskId }));
    expect(answer.status).toBe(404);
  });

  it("allows a viewer to read, and returns 403 for a write", async () => {
    const target = first(data.viewers);
    expect(await send(running, requests().getTask(target))).toMatchObject({ status: 200, asExpected: true });
    expect(await send(running, requests().createTask(target, "Looked"))).toMatchObject({ status: 403 });
    expect(await rows("SELECT FROM tasks WHERE title = 'Looked'")).toEqual([]);
  });
});

it("applies row-level security to the logins of R and FA only", async () => {
  expect(await seenBy(logins.rowLevel)).toBe(0);
  expect(await seenBy(logins.limit)).toBe(0);
  expect(await seenBy(logins.unbound)).toBeGreaterThanOrEqual(size.tasks);
});

async function seenBy(login: string): Promise<number> {
  const { owner } = testbed.database;
  await owner.query(`SET ROLE ${login}`);
  try {
    return (await rows("SELECT FROM tasks")).length;
  } finally {
    await owner.query("RESET ROLE");
  }
}
