// The metrics of a real server: each value moves when the thing happens that it counts.
import { randomBytes } from "node:crypto";
import { withOwner } from "@projostack/db";
import { isFullSuite } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { call, password, send, startTestServer, type TestServer } from "../kit/index.ts";
import { hasRedis, noRedis, startRedis } from "../kit/redis-server.ts";
import { longestWaitMs } from "../../src/limits/admission/admission.ts";
import { SAMPLE_MS } from "../../src/limits/admission/loop-delay.ts";
import { createTask, place, whilePoolIsFull, type Place } from "../overload/callers.ts";
import { getText, openPeer, statusOf } from "../sockets/peer.ts";
import { growthOf, METRICS_TOKEN, readMetrics, valueOf } from "./metrics-kit.ts";

/** Servers with the same keys accept the same tokens. */
const metricsOn = {
  PROJO_METRICS_TOKEN: METRICS_TOKEN,
  PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}`,
};

let server: TestServer;
let here: Place;
let taskId: string;
beforeAll(async () => {
  server = await startTestServer(metricsOn, { shortPauses: true });
  here = await place(server);
  taskId = String((await createTask(here)).data.id);
});
afterAll(() => server.close());

const SOON = { timeout: 15_000 };

const getTask = (id = taskId) => here.admin.call("tasks.get", { id }, here.id);

describe("calls", () => {
  it("a read on the fast path, a mutation and a call in a batch are counted by operation", async () => {
    const reads = { operation: "tasks.get", outcome: "ok", reason: "none" };
    expect(await growthOf(server, ["projo_calls_total", reads], () => getTask())).toBe(1);
    const creates = { operation: "tasks.create", outcome: "ok" };
    expect(await growthOf(server, ["projo_call_seconds_count", creates], () => createTask(here))).toBe(1);
    const headers = { authorization: `Bearer ${here.admin.token}`, "x-workspace-id": here.id };
    const input = encodeURIComponent(JSON.stringify({ 0: { id: taskId }, 1: { id: taskId } }));
    const batch = `${server.url}/trpc/tasks.get,tasks.get?batch=1&input=${input}`;
    expect(await growthOf(server, ["projo_calls_total", reads], () => send(batch, { headers }))).toBe(2);
  });

  it("a call that tRPC's adapter answers is counted once", async () => {
    const url = `${server.url}/trpc/auth.me`;
    const headers = { authorization: `Bearer ${here.admin.token}`, "content-type": "application/json" };
    const calls = { operation: "auth.me", outcome: "ok" };
    expect(await growthOf(server, ["projo_calls_total", calls], () => send(url, { headers }))).toBe(1);
  });

  it("a refusal is counted with its reason, and a bug as a failure", async () => {
    const missing = { operation: "tasks.get", outcome: "refused", reason: "task.not_found" };
    const id = "0195a2c4-7d1e-7c3a-9d5e-2f1b6c8a9e10";
    expect(await growthOf(server, ["projo_calls_total", missing], () => getTask(id))).toBe(1);
    const bugs = { operation: "workspaces.list", outcome: "failed", reason: "server.internal" };
    await server.database.owner("ALTER TABLE workspaces RENAME TO moved");
    const grown = await growthOf(server, ["projo_calls_total", bugs], () =>
      here.admin.call("workspaces.list"),
    );
    await server.database.owner("ALTER TABLE moved RENAME TO workspaces");
    expect(grown).toBe(1);
  });

  it("requests are counted by status, on the fast path and without a call", async () => {
    const notFound = ["projo_http_requests_total", { status: "404" }] as const;
    const missing = "0195a2c4-7d1e-7c3a-9d5e-2f1b6c8a9e10";
    expect(await growthOf(server, notFound, () => getTask(missing))).toBe(1);
    expect(await growthOf(server, notFound, () => send(`${server.url}/nothing/here`))).toBe(1);
    expect(await growthOf(server, notFound, () => send(`${server.url}/trpc/no.such`))).toBe(1);
  });
});

describe("the database", () => {
  it("its messages are counted by the kind of the connection, and its connections are shown", async () => {
    const shared = ["projo_database_message_seconds_count", { connection: "shared" }] as const;
    expect(await growthOf(server, shared, () => getTask())).toBeGreaterThanOrEqual(1);
    const own = ["projo_database_message_seconds_count", { connection: "own" }] as const;
    expect(await growthOf(server, own, () => createTask(here))).toBeGreaterThanOrEqual(1);
    const text = await readMetrics(server);
    expect(valueOf(text, "projo_database_connections")).toBeGreaterThan(0);
    expect(valueOf(text, "projo_database_connections_max")).toBe(16);
    expect(valueOf(text, "projo_database_unreachable")).toBe(0);
  });

  it("a deletion is timed with its audit entry", async () => {
    const { data } = await createTask(here);
    const remove = () => here.admin.call("tasks.delete", { id: data.id }, here.id);
    expect(await growthOf(server, ["projo_audit_append_seconds_count"], remove)).toBe(1);
  });

  it("a shared read that waits for a lock is counted as sent again", async () => {
    const resends = ["projo_shared_resends_total", { cause: "lock_wait" }] as const;
    const grown = await growthOf(server, resends, () =>
      withOwner({ connectionString: server.database.ownerUrl }, async (owner) => {
        await owner.query("BEGIN");
        await owner.query("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE");
        const reading = getTask();
        await new Promise((passed) => setTimeout(passed, 400));
        await owner.query("ROLLBACK");
        expect((await reading).status).toBe(200);
      }),
    );
    expect(grown).toBeGreaterThanOrEqual(1);
  });

  it.runIf(isFullSuite)(
    "callers that wait for a connection are shown, and refused calls are counted by cause",
    async () => {
      const { waiting, refused } = await whilePoolIsFull(server, async () => {
        await createTask(here);
        return {
          // The number at one moment is 0 if every caller has just been refused.
          waiting: await vi.waitUntil(
            async () => valueOf(await readMetrics(server), "projo_database_waiting"),
            SOON,
          ),
          refused: valueOf(await readMetrics(server), "projo_unavailable_total"),
        };
      });
      expect(waiting).toBeGreaterThan(0);
      expect(refused).toBeGreaterThan(0);
    },
  );
});

describe("limits", () => {
  it("decisions of limited operations are counted, and none of other operations", async () => {
    const input = { email: here.admin.email, password };
    const granted = [
      "projo_limit_decisions_total",
      { operation: "auth.signIn", decision: "granted" },
    ] as const;
    expect(await growthOf(server, granted, () => call(server.url, "auth.signIn", { input }))).toBe(1);
    const other = ["projo_limit_decisions_total", { operation: "tasks.get" }] as const;
    expect(await growthOf(server, other, () => getTask())).toBe(0);
  });

  it("a wrong password is counted as a security event", async () => {
    const input = { email: here.admin.email, password: `${password}x` };
    const events = ["projo_security_events_total", { event: "password.refused" }] as const;
    expect(await growthOf(server, events, () => call(server.url, "auth.signIn", { input }))).toBe(1);
  });

  it.runIf(isFullSuite)("a call that is refused for overload before it begins is counted", async () => {
    const before = await readMetrics(server);
    const peer = await openPeer(server.url);
    for (let pauses = 1; pauses <= 4; pauses += 1) {
      if (pauses === 4)
        peer.socket.write(getText("/trpc/auth.me", { authorization: `Bearer ${here.admin.token}` }));
      const end = performance.now() + longestWaitMs.read + 2 * SAMPLE_MS;
      while (performance.now() < end);
      await new Promise((passed) => setTimeout(passed, 0));
    }
    const [answer = ""] = await peer.answers(1);
    peer.socket.destroy();
    expect(statusOf(answer)).toBe(503);
    const after = await readMetrics(server);
    for (const [name, labels] of [
      ["projo_admission_refused_total", { priority: "read" }],
      ["projo_calls_total", { operation: "auth.me", outcome: "failed", reason: "server.busy" }],
      ["projo_unavailable_total", { cause: "overload" }],
      ["projo_http_requests_total", { status: "503" }],
    ] as const)
      expect(valueOf(after, name, labels), name).toBeGreaterThan(valueOf(before, name, labels));
  });

  it("an exhausted budget is counted by its scope", async () => {
    const small = { PROJO_LIMITS: "1", PROJO_BUDGET_ACCOUNT: "1000" };
    const other = await server.startAnother({ ...metricsOn, ...small });
    // A call with this input costs 305 points.
    const verify = { token: here.admin.token, workspaceId: here.id, input: { limit: 2_000 } };
    const spend = async () => {
      for (let calls = 0; calls < 4; calls += 1) await call(other.url, "audit.verify", verify);
    };
    const refused = ["projo_budget_refused_total", { scope: "account" }] as const;
    expect(await growthOf(other, refused, spend)).toBeGreaterThan(0);
    await other.close();
  });

  it("a Redis that ends is shown, and each decision without it is counted", async ({ skip }) => {
    if (!hasRedis && process.env["CI"] !== "true") skip(noRedis);
    const redis = await startRedis();
    const other = await server.startAnother({ ...metricsOn, REDIS_URL: redis.url });
    const input = { email: here.admin.email, password };
    expect(valueOf(await readMetrics(other), "projo_redis_unreachable")).toBe(0);
    redis.signal("SIGKILL");
    const fallbacks = await growthOf(other, ["projo_limit_fallbacks_total"], async () => {
      for (let tries = 0; tries < 3; tries += 1) await call(other.url, "auth.signIn", { input });
    });
    expect(fallbacks).toBeGreaterThanOrEqual(3);
    expect(valueOf(await readMetrics(other), "projo_redis_unreachable")).toBe(1);
    await other.close();
    await redis.close();
  });
});

describe("mail and the process", () => {
  it("a sent mail is counted, and a mail that cannot be sent is pending and becomes old", async () => {
    const sent = ["projo_mail_attempts_total", { result: "sent" }] as const;
    const requestReset = () =>
      call(server.url, "password.requestReset", { input: { email: here.admin.email } });
    const before = valueOf(await readMetrics(server), ...sent);
    await requestReset();
    await expect.poll(async () => valueOf(await readMetrics(server), ...sent), SOON).toBeGreaterThan(before);
    const retried = ["projo_mail_attempts_total", { result: "retried" }] as const;
    // The server of these mails refuses connections.
    const other = await startTestServer(
      {
        ...metricsOn,
        PROJO_SMTP_URL: "smtp://127.0.0.1:1",
        PROJO_MAIL_FROM: "mail@example.com",
        PROJO_APP_URL: "http://127.0.0.1",
      },
      { shortPauses: true },
    );
    const input = { email: "grace@example.com", password };
    await call(other.url, "auth.signUp", { input });
    await expect.poll(async () => valueOf(await readMetrics(other), ...retried), SOON).toBeGreaterThan(0);
    await other.close();
  });

  it("the processor time, the memory and the event loop are shown", async () => {
    const text = await readMetrics(server);
    for (const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_eventloop_lag_p99_seconds",
      "process_open_fds",
    ])
      expect(valueOf(text, name), name).toBeGreaterThan(0);
    expect(valueOf(text, "projo_build_info", { version: "0.0.0-test" })).toBe(1);
  });
});
