// The answers to callers, the log and /readyz while PostgreSQL cannot work.
import { setTimeout as delay } from "node:timers/promises";
import { startOwnPostgres, type OwnPostgres } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { arrive, call, foundWorkspace, startServerOver, type Person, type TestServer } from "../kit/index.ts";

let postgres: OwnPostgres;
let server: TestServer;
let ada: Person;
let workspaceId: string;
beforeAll(async () => {
  postgres = await startOwnPostgres();
  server = await startServerOver(postgres);
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
});
afterAll(async () => {
  await server.close();
  await postgres.drop();
});

interface RefusalLine {
  readonly requestId: string;
  readonly traceId?: string;
  readonly operation: string;
  readonly reason: string;
  readonly cause: string;
  readonly code: string | null;
  readonly pool: { readonly total: number; readonly idle: number; readonly waiting: number };
}

const linesOf = (message: string): RefusalLine[] =>
  server.logLines.flatMap((line) => {
    const parsed = JSON.parse(line) as RefusalLine & { msg: string };
    return parsed.msg === message ? [parsed] : [];
  });
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traced = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
const readyz = () => fetch(`${server.url}/readyz`, { headers: traced });
const livez = () => fetch(`${server.url}/livez`);
const create = () => ada.call("projects.create", { name: "Notes" }, workspaceId);
const createTraced = () =>
  call(server.url, "projects.create", {
    input: { name: "Notes" },
    token: ada.token,
    workspaceId,
    headers: traced,
  });
const killConnections = () =>
  postgres.owner(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'projostack'",
  );

interface Case {
  readonly condition: string;
  readonly begin: readonly string[];
  readonly end: readonly string[];
  readonly cause: string;
  readonly code: string;
  readonly reason: string;
}

const cases: readonly Case[] = [
  {
    condition: "PostgreSQL is read-only",
    begin: ["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"],
    end: ["ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"],
    cause: "read_only_sql_transaction",
    code: "25006",
    reason: "server.unavailable",
  },
  {
    condition: "the password of the login has changed",
    begin: ["ALTER ROLE projo_server PASSWORD 'another'"],
    end: ["ALTER ROLE projo_server PASSWORD 'a password of this test'"],
    cause: "invalid_password",
    code: "28P01",
    reason: "server.unavailable",
  },
  {
    condition: "the login is at its connection limit",
    begin: ["ALTER ROLE projo_server CONNECTION LIMIT 0"],
    end: ["ALTER ROLE projo_server CONNECTION LIMIT -1"],
    cause: "too_many_connections",
    code: "53300",
    reason: "server.busy",
  },
];

describe.each(cases)("while $condition", ({ begin, end, cause, code, reason }) => {
  it("F4 F11 the server refuses calls with 503 and Retry-After, logs the cause, and is not ready", async () => {
    expect((await create()).status).toBe(200);
    onTestFailed(async () => {
      for (const statement of end) await postgres.owner(statement);
    });
    for (const statement of begin) await postgres.owner(statement);
    let refused = await createTraced();
    const linesOfRefused = () =>
      linesOf("a call was refused with 503").filter((line) => line.requestId === refused.error?.requestId);
    // PostgreSQL may end a connection only after the next call has begun on it, which is refused for that. And a connection that is
    // being opened appears in pg_stat_activity a moment later.
    const killAndCreate = async () => {
      await killConnections();
      refused = await createTraced();
      return linesOfRefused()[0]?.cause;
    };
    await expect.poll(killAndCreate, { timeout: 10_000, interval: 250 }).toBe(cause);
    expect(refused).toMatchObject({ status: 503, error: { reason, retryAfter: expect.any(Number) } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(linesOfRefused()).toMatchObject([
      {
        traceId: TRACE,
        operation: "projects.create",
        reason,
        cause,
        code,
        pool: { total: expect.any(Number), idle: expect.any(Number), waiting: expect.any(Number) },
      },
    ]);
    expect((await livez()).status).toBe(200);
    expect((await readyz()).status).toBe(503);
    const ofReadyz = linesOf("a call was refused with 503").filter(
      ({ operation }) => operation === "/readyz",
    );
    expect(ofReadyz.at(-1)).toMatchObject({ traceId: TRACE, cause, code });

    for (const statement of end) await postgres.owner(statement);
    await expect.poll(async () => (await create()).status, { timeout: 5_000 }).toBe(200);
    expect((await readyz()).status).toBe(200);
  });
});

it("F11 the server logs at most ten refusals per second, and one line that counts the others", async () => {
  await postgres.owner("ALTER ROLE projo_server CONNECTION LIMIT 0");
  await killConnections();
  await expect.poll(async () => (await create()).status).toBe(503);
  // Start in a new second of the log.
  await delay(1_100);
  const before = linesOf("a call was refused with 503").length;
  const startedAt = performance.now();
  const answers = await Promise.all(Array.from({ length: 60 }, create));
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(answers.every(({ status }) => status === 503)).toBe(true);
  interface Count {
    readonly many: number;
    readonly byCause: Record<string, number>;
  }
  const counts = () => linesOf("more calls were refused with 503 in this second") as unknown as Count[];
  const omitted = () => counts().reduce((sum, { many }) => sum + many, 0);
  await expect
    .poll(() => linesOf("a call was refused with 503").length - before + omitted(), { timeout: 5_000 })
    .toBeGreaterThanOrEqual(60);
  expect(linesOf("a call was refused with 503").length - before).toBeLessThanOrEqual(
    10 * (Math.ceil(seconds) + 1),
  );
  expect(counts().at(-1)?.byCause).toMatchObject({ too_many_connections: expect.any(Number) });
  await postgres.owner("ALTER ROLE projo_server CONNECTION LIMIT -1");
  await expect.poll(async () => (await create()).status, { timeout: 5_000 }).toBe(200);
});
