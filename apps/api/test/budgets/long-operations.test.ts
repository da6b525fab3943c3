/* oxlint-disable unicorn/consistent-function-scoping -- a helper stays next to the tests that use it */
// Long operations: not in a batch, few at the same time, and interleaved with other calls.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  join,
  send,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { appendEntries } from "./append-entries.ts";

let server: TestServer;
let admin: Person;
let workspaceId: string;
beforeAll(async () => {
  server = await startTestServer({ PROJO_LIMITS: "1", PROJO_BUDGET_ACCOUNT: "60000" });
  admin = await arrive(server, "admin");
  workspaceId = await foundWorkspace(admin);
});
afterAll(() => server.close());

const headers = () => ({ authorization: `Bearer ${admin.token}`, "x-workspace-id": workspaceId });
const get = (path: string, method = "GET") => send(`${server.url}${path}`, { method, headers: headers() });
const post = (path: string, body: unknown) =>
  send(`${server.url}${path}`, {
    method: "POST",
    headers: { ...headers(), "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const notAllowed = { status: 400, error: { reason: "batch.not_allowed" } };

describe("a batch with a long operation", () => {
  it("R11 fails in every spelling", async () => {
    for (const path of [
      "/trpc/audit.verify,auth.me?batch=1",
      "/trpc/auth.me,audit.verify?batch=1&input=%7B%7D",
      "/trpc/auth.me%2Caudit.verify?batch=1",
      "/trpc/auth.me,audit%2Everify?batch=1",
      "/trpc/audit.verify,audit.verify?%62atch=1",
      "/trpc/audit.verify,audit.verify?batch=1&batch=0",
      "/trpc/audit.verify,no.such?batch=1",
    ]) {
      expect(await get(path), path).toMatchObject(notAllowed);
    }
    expect(await get("/trpc/audit.verify,auth.me?batch=1", "HEAD")).toMatchObject({ status: 400 });
  });

  it("R11 fails before any of its calls runs", async () => {
    const name = randomUUID();
    const input = { 0: { name }, 1: {} };
    expect(await post("/trpc/workspaces.rename,audit.export?batch=1", input)).toMatchObject(notAllowed);
    const found = await server.database.owner("SELECT FROM workspaces WHERE name = $1", [name]);
    expect(found).toEqual([]);
  });

  it("succeeds if it has no other call", async () => {
    expect(await get("/trpc/audit.verify?batch=1")).toMatchObject({ status: 200 });
    expect(await get("/trpc/auth.me,tasks.list?batch=1")).toMatchObject({ status: 200 });
  });
});

describe("concurrent long operations", () => {
  /** Starts the calls while the audit log is locked. @returns how many statements wait for the lock, and the answers */
  const whileLocked = async (calls: readonly (() => Promise<{ status: number; headers: Headers }>)[]) => {
    const locked = server.database.owner("BEGIN; LOCK TABLE audit_logs; SELECT pg_sleep(3); COMMIT");
    await new Promise((passed) => setTimeout(passed, 200));
    const answers = Promise.all(calls.map((one) => one()));
    await new Promise((passed) => setTimeout(passed, 800));
    const [row] = await server.database.owner<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    const quick = await admin.call("auth.me");
    await locked;
    return { waiting: row?.waiting ?? Number.NaN, quick: quick.status, answers: await answers };
  };

  it("R11 run one at a time for an account, wait or are refused, and do not delay its short calls", async () => {
    const verify = () => admin.call("audit.verify", {}, workspaceId);
    const { waiting, quick, answers } = await whileLocked(Array.from({ length: 6 }, () => verify));
    expect(waiting).toBe(1);
    expect(quick).toBe(200);
    // The running operation waits for the lock for two seconds, as long as the others wait in the queue, so one more may run.
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(new Set(refused.map((answer) => answer.headers.get("retry-after")))).toEqual(new Set(["1"]));
    const ran = answers.filter(({ status }) => status !== 429);
    expect(ran.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });

  it("R11 run two at a time for a workspace, for all its members together", async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => arrive(server, randomUUID())));
    for (const person of people) await join(server, workspaceId, person, "admin");
    const calls = [...people, ...people].map((person) => () => person.call("audit.verify", {}, workspaceId));
    const { waiting } = await whileLocked(calls);
    expect(waiting).toBe(2);
  });

  it("R11 run after the operations before them have ended", async () => {
    const calls = Array.from({ length: 6 }, () => admin.call("audit.verify", {}, workspaceId));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200));
  });
});

describe("a long operation", () => {
  it("R11 lets other calls run between its parts, and holds no connection meanwhile", async () => {
    await appendEntries(server.database, { workspaceId, userId: admin.id, many: 5_000 });
    // An export is recorded at its end, in a transaction of its own, which may be seen while it waits for its next statement.
    for (const [name, input, writes] of [
      ["audit.verify", { limit: 5_000 }, 0],
      ["audit.export", { limit: 5_000 }, 1],
    ] as const) {
      const ended = new AbortController();
      const long = admin.call(name, input, workspaceId).finally(() => ended.abort());
      let answered = 0;
      const seen = new Map<unknown, number>();
      for (; !ended.signal.aborted; answered += 1) {
        await admin.call("auth.me");
        const rows = await server.database.owner(
          `SELECT concat(pid, ' ', xact_start) AS name FROM pg_stat_activity
              WHERE datname = current_database() AND state = 'idle in transaction'`,
        );
        for (const { name: transaction } of rows) seen.set(transaction, (seen.get(transaction) ?? 0) + 1);
      }
      expect(await long, name).toMatchObject({ status: 200 });
      // The operation has 25 parts of 200 entries. Other calls must be answered between the parts.
      expect(answered, name).toBeGreaterThan(5);
      expect(seen.size, name).toBeLessThanOrEqual(writes);
      expect(Math.max(0, ...seen.values()), name).toBeLessThan(answered / 2);
    }
  });
});
