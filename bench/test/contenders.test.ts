// Whoever is measured must do what is measured: the right row for the right caller, and none for another. They run here as
// they do there, from their build (`pnpm build`).
import { bySuite } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ContenderName } from "../src/contenders/contenders.ts";
import type { Running } from "../src/contenders/start-contender.ts";
import type { DataSet, Target } from "../src/dataset/data-set.ts";
import { logins } from "../src/dataset/plant-contenders.ts";
import type { HttpRequest } from "../src/load/load-client.ts";
import { withStage, type Stage } from "../src/stage/stage.ts";

const size = { workspaces: 20, people: 200, tasks: 4_000, biggest: 1_000 };

let stage: Stage;
let data: DataSet;
let strike = () => {};
let struck: Promise<void>;
beforeAll(async () => {
  const done = new Promise<void>((resolve) => {
    strike = resolve;
  });
  stage = await new Promise<Stage>((resolve, reject) => {
    struck = withStage(size, async (one) => {
      resolve(one);
      await done;
    });
    struck.catch(reject);
  });
  ({ data } = stage);
});
afterAll(async () => {
  strike();
  await struck;
});

async function ask(running: Running, { method, path, headers, body, expect: isExpected }: HttpRequest) {
  const response = await fetch(new URL(path, running.server.url), {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, asExpected: isExpected?.(response.status, text), text };
}

/** What was told, whether tRPC told it or not. */
const told = ({ text }: { text: string }): unknown => {
  const answer: unknown = JSON.parse(text);
  return InTrpc.safeParse(answer).data?.result.data ?? answer;
};
const InTrpc = z.object({ result: z.object({ data: z.unknown() }) });
const Page = z.object({
  items: z.array(z.looseObject({ id: z.string() })),
  nextCursor: z.string().optional(),
});

async function rows<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await stage.database.owner.query<Row>(text, values)).rows;
}

/** The row as it is told. */
async function rowOf(text: string, values: unknown[]): Promise<object> {
  const [row] = await rows<{ createdAt: Date }>(text, values);
  return { ...row, createdAt: row?.createdAt.toISOString() };
}

const first = (targets: readonly Target[], fits: (target: Target) => boolean = () => true): Target => {
  const found = targets.find(fits);
  if (!found) throw new Error("The data has no such target.");
  return found;
};

/** Somebody who asks for what is in a workspace that is not theirs. */
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
  let running: Running;
  beforeAll(async () => {
    running = await stage.start(name);
  });
  afterAll(async () => {
    await running.server.stop();
  });
  const requests = () => running.contender.requests;

  it("answers with the task that was asked for, and with nothing of it that is not to be told", async () => {
    for (const target of data.targets.slice(0, 10)) {
      const answer = await ask(running, requests().getTask(target));
      const row = await rowOf(
        `SELECT id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt"
           FROM tasks WHERE id = $1`,
        [target.taskId],
      );
      expect(answer).toMatchObject({ status: 200, asExpected: true });
      expect(told(answer)).toEqual(row);
    }
  });

  it("lists the newest of a status, 20 to a page, and the next page after it", async () => {
    const target = first(data.biggest);
    const newest = await rows<{ id: string }>(
      "SELECT id FROM tasks WHERE workspace_id = $1 AND status = $2 ORDER BY id DESC LIMIT 40",
      [target.workspaceId, target.status],
    );
    const answer = await ask(running, requests().listTasks(target));
    expect(answer).toMatchObject({ status: 200, asExpected: true });
    const page = Page.parse(told(answer));
    const next = Page.parse(told(await ask(running, requests().listTasks(target, page.nextCursor))));
    expect([...page.items, ...next.items].map(({ id }) => id)).toEqual(newest.map(({ id }) => id));
    expect(page.items[0]).toMatchObject({ status: target.status, createdAt: expect.any(String) });
  });

  it("answers with the project that was asked for", async () => {
    const target = first(data.targets);
    const answer = await ask(running, requests().getProject(target));
    const row = await rowOf(
      `SELECT id, name, created_by AS "createdBy", created_at AS "createdAt" FROM projects WHERE id = $1`,
      [target.projectId],
    );
    expect(answer).toMatchObject({ status: 200, asExpected: true });
    expect(told(answer)).toEqual(row);
  });

  it("makes a task, in the caller's name", async () => {
    const target = first(data.targets);
    const title = `Made by ${name}`;
    const answer = await ask(running, requests().createTask(target, title));
    expect(answer).toMatchObject({ status: 200, asExpected: true });
    const { workspaceId, projectId, userId } = target;
    const made = await rows<{ createdBy: string }>(
      `SELECT workspace_id AS "workspaceId", project_id AS "projectId", title, status, created_by AS "createdBy"
         FROM tasks WHERE id = $1`,
      [z.object({ id: z.string() }).parse(told(answer)).id],
    );
    // The floor knows no caller: whoever made the project makes the task.
    const [project] = await rows<{ userId: string }>(
      `SELECT created_by AS "userId" FROM projects WHERE id = $1`,
      [projectId],
    );
    const createdBy = name === "F" ? project?.userId : userId;
    expect(made).toEqual([{ workspaceId, projectId, title, status: "todo", createdBy }]);
  });

  // The floor asks nobody who they are: that is what it is for.
  if (name === "F") return;

  it("refuses who has no token, or one that was tampered with", async () => {
    const target = first(data.targets);
    const { authorization = "", ...headers } = requests().getTask(target).headers;
    const last = authorization.at(-9) === "A" ? "B" : "A";
    const forged = `${authorization.slice(0, -9)}${last}${authorization.slice(-8)}`;
    for (const request of [requests().getTask(target), requests().createTask(target, "Forged")]) {
      const { "content-type": type } = request.headers;
      const rest = { ...headers, ...(type !== undefined && { "content-type": type }) };
      expect(await ask(running, { ...request, headers: rest })).toMatchObject({ status: 401 });
      const answer = await ask(running, { ...request, headers: { ...rest, authorization: forged } });
      expect(answer).toMatchObject({ status: 401 });
      expect(answer.text).not.toContain(target.title);
    }
    expect(await rows("SELECT FROM tasks WHERE title = 'Forged'")).toEqual([]);
  });

  it("does not tell of a workspace to who is not in it, nor lets them write", async () => {
    const target = stranger();
    const asked = [
      requests().getTask(target),
      requests().listTasks(target),
      requests().getProject(target),
      requests().createTask(target, "Strange"),
    ];
    for (const request of asked) {
      const answer = await ask(running, request);
      expect(answer.status).toBe(404);
      expect(answer.asExpected).toBe(false);
    }
    expect(await rows("SELECT FROM tasks WHERE title = 'Strange'")).toEqual([]);
  });

  it("does not find another workspace's task inside one's own", async () => {
    const own = first(data.targets);
    const foreign = first(data.targets, ({ workspaceId }) => workspaceId !== own.workspaceId);
    const answer = await ask(running, requests().getTask({ ...own, taskId: foreign.taskId }));
    expect(answer.status).toBe(404);
  });

  it("lets who may only look read, and not write", async () => {
    const target = first(data.viewers);
    expect(await ask(running, requests().getTask(target))).toMatchObject({ status: 200, asExpected: true });
    expect(await ask(running, requests().createTask(target, "Looked"))).toMatchObject({ status: 403 });
    expect(await rows("SELECT FROM tasks WHERE title = 'Looked'")).toEqual([]);
  });
});

it("logins are bound by row-level security where the contender is to be, and nowhere else", async () => {
  expect(await seenBy(logins.rowLevel)).toBe(0);
  expect(await seenBy(logins.limit)).toBe(0);
  expect(await seenBy(logins.unbound)).toBeGreaterThanOrEqual(size.tasks);
});

async function seenBy(login: string): Promise<number> {
  const { owner } = stage.database;
  await owner.query(`SET ROLE ${login}`);
  try {
    return (await rows("SELECT FROM tasks")).length;
  } finally {
    await owner.query("RESET ROLE");
  }
}
