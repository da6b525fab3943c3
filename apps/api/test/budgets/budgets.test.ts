// The budgets of accounts and workspaces per minute, on one server.
import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import {
  arrive,
  call,
  foundWorkspace,
  join,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { keyOf } from "../mutants/attackers.ts";

/** The default limits, and budgets that a test can spend. */
const small = { PROJO_LIMITS: "1", PROJO_BUDGET_ACCOUNT: "1000", PROJO_BUDGET_WORKSPACE: "2000" };

let server: TestServer;
afterEach(() => server.close());

const start = async (env: Readonly<Record<string, string>> = small) => (server = await startTestServer(env));

interface Team {
  readonly admin: Person;
  readonly id: string;
}

async function teamOf(): Promise<Team> {
  const admin = await arrive(server, randomUUID());
  return { admin, id: await foundWorkspace(admin) };
}

async function memberOf({ id }: Team): Promise<Person> {
  const person = await arrive(server, randomUUID());
  await join(server, id, person, "admin");
  return person;
}

/** The input of a call of audit.verify that costs 305 points. */
const verify = { limit: 2_000 };

const statusesOf = async (answers: readonly Promise<Answer>[]): Promise<number[]> =>
  (await Promise.all(answers)).map(({ status }) => status);

describe("the budget of an account", () => {
  it("R11, R6 refuses a call that costs more than the rest, with Retry-After, and does not affect other accounts", async () => {
    await start();
    const team = await teamOf();
    const other = await memberOf(team);
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1)
      statuses.push((await team.admin.call("audit.verify", verify, team.id)).status);
    expect(statuses).toEqual([200, 200, 200]);
    const refused = await team.admin.call("audit.verify", verify, team.id);
    expect(refused).toMatchObject({
      status: 429,
      error: { reason: "limit.exceeded", code: "TOO_MANY_REQUESTS" },
    });
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(120);
    expect(refused.error?.retryAfter).toBe(seconds);
    expect(refused.headers.get("ratelimit-policy")).toBe(`"account";q=1000;w=60`);
    expect(refused.headers.get("ratelimit")).toMatch(/^"account";r=\d+;t=\d+$/);
    // The rest of the budget is enough for cheap calls.
    expect((await team.admin.call("auth.me")).status).toBe(200);
    expect((await other.call("audit.verify", verify, team.id)).status).toBe(200);
  });

  it("R11 covers the calls in all workspaces together", async () => {
    await start();
    const [team, elsewhere] = [await teamOf(), await teamOf()];
    await join(server, elsewhere.id, team.admin, "admin");
    for (let n = 0; n < 3; n += 1) await team.admin.call("audit.verify", verify, team.id);
    expect((await team.admin.call("audit.verify", verify, elsewhere.id)).status).toBe(429);
  });

  it("R1 decreases with each call of a batch", async () => {
    await start();
    const { admin, id } = await teamOf();
    const batch = await renameTenTimes(admin, id);
    expect(batch).toMatchObject({ status: 200 });
    expect(batch.headers.get("ratelimit")).toMatch(/"account";r=560;/);
    await renameTenTimes(admin, id);
    expect(await renameTenTimes(admin, id)).toMatchObject({ status: 207 });
    const [row] = await server.database.owner<{ entries: number }>(
      "SELECT count(*)::int AS entries FROM audit_logs WHERE action = 'workspace.renamed'",
    );
    expect(row?.entries).toBe(24);
  });

  it("R11 excludes calls with service keys, which have separate budgets", async () => {
    await start();
    const team = await teamOf();
    const rights = { role: "admin", scopes: ["audit:read"] } as const;
    const [one, other] = [await keyOf(server, team, rights), await keyOf(server, team, rights)];
    for (let n = 0; n < 3; n += 1) await one.call("audit.verify", verify);
    expect((await one.call("audit.verify", verify)).status).toBe(429);
    expect((await other.call("audit.verify", verify)).status).toBe(200);
    expect((await team.admin.call("audit.verify", verify, team.id)).status).toBe(200);
  });

  it("R11 grants no more points to 300 concurrent calls than to sequential ones", async () => {
    await start({ ...small, PROJO_BUDGET_WORKSPACE: "100000" });
    const { admin, id } = await teamOf();
    // Each call costs 4 points. The creation of the workspace cost 40.
    const calls = Array.from({ length: 300 }, (_, n) =>
      admin.call("projects.create", { name: `P ${n}` }, id),
    );
    const statuses = await statusesOf(calls);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual((1_000 - 40) / 4);
    expect(statuses).toContain(429);
  });

  it("R11 decreases with refused calls too: a foreign workspace, a missing permission, a malformed input", async () => {
    await start();
    const team = await teamOf();
    const viewer = await arrive(server, "viewer");
    await join(server, team.id, viewer, "viewer");
    const calls = [
      () => viewer.call("audit.verify", verify, team.id),
      () => viewer.call("audit.verify", verify, randomUUID()),
      () => viewer.call("audit.verify", { ...verify, more: 1 }, team.id),
    ];
    const statuses: number[] = [];
    for (const callOnce of [...calls, ...calls]) statuses.push((await callOnce()).status);
    expect(statuses).toEqual([403, 404, 403, 429, 429, 429]);
  });

  it("appears in the headers of costly calls, and of all calls after half of it is spent", async () => {
    await start();
    const { admin, id } = await teamOf();
    const hasHeader = async () => (await admin.call("auth.me")).headers.has("ratelimit");
    expect(await hasHeader()).toBe(false);
    const search = await admin.call("tasks.list", { search: "a" }, id);
    expect(search.headers.get("ratelimit")).toMatch(/^"account";r=937;/);
    for (let n = 0; n < 2; n += 1) await admin.call("audit.verify", verify, id);
    expect(await hasHeader()).toBe(true);
  });

  it("I11 ignores the spelling of the workspace id", async () => {
    await start();
    const { admin, id } = await teamOf();
    for (let n = 0; n < 3; n += 1) await admin.call("audit.verify", verify, id);
    const again = { token: admin.token, input: verify, workspaceId: id.toUpperCase() };
    expect((await call(server.url, "audit.verify", again)).status).toBe(429);
  });
});

describe("the budget of a workspace", () => {
  it("R11 covers all its members together, and no other workspace", async () => {
    await start();
    const team = await teamOf();
    const members = [team.admin, await memberOf(team), await memberOf(team)];
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      for (const member of members)
        statuses.push((await member.call("audit.verify", verify, team.id)).status);
    }
    // Each call costs 305 points, and the budget is 2,000.
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429, 429]);
    const fresh = await memberOf(team);
    const refused = await fresh.call("audit.verify", verify, team.id);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("ratelimit")).toMatch(/^"account";r=\d+;t=\d+, "workspace";r=\d+;t=\d+$/);
    const elsewhere = await teamOf();
    expect((await elsewhere.admin.call("audit.verify", verify, elsewhere.id)).status).toBe(200);
  });

  it("R11 excludes calls of non-members and calls without the permission", async () => {
    await start();
    const team = await teamOf();
    const viewer = await arrive(server, "viewer");
    await join(server, team.id, viewer, "viewer");
    const strangers = await Promise.all(Array.from({ length: 4 }, (_, n) => arrive(server, `stranger${n}`)));
    for (const person of [viewer, ...strangers]) {
      for (let n = 0; n < 3; n += 1) await person.call("audit.verify", verify, team.id);
    }
    const mine = [1, 2, 3].map(() => team.admin.call("audit.verify", verify, team.id));
    expect(await statusesOf(mine)).toEqual([200, 200, 200]);
  });
});

it("R11 PROJO_LIMITS multiplies the budgets", async () => {
  await start({ ...small, PROJO_LIMITS: "3" });
  const { admin, id } = await teamOf();
  const answer = await admin.call("projects.create", { name: "Looms" }, id);
  expect(answer.headers.get("ratelimit-policy")).toBe(`"account";q=3000;w=60`);
});

const renameTenTimes = (person: Person, workspaceId: string): Promise<Answer> =>
  batchOf(
    person,
    Array.from({ length: 10 }, () => "workspaces.rename"),
    { name: "Looms" },
    workspaceId,
  );

async function batchOf(
  { token }: Person,
  names: readonly string[],
  input: object,
  workspaceId: string,
): Promise<Answer> {
  const response = await fetch(`${server.url}/trpc/${names.join(",")}?batch=1`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
      "x-workspace-id": workspaceId,
    },
    body: JSON.stringify(Object.fromEntries(names.map((_, n) => [n, input]))),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, data: undefined, error: undefined };
}
