// Streamed batches: httpBatchStreamLink of @trpc/client asks for the answers of a batch as lines, each as soon as its call has
// ended. Both ways to answer calls, with and without the fast path, are tested.
import { whileLocked } from "@projostack/db/testing";
import { createTRPCUntypedClient, httpBatchStreamLink } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  readStream,
  startServerOver,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { getText, openPeer, postText, statusOf } from "../sockets/peer.ts";

const STREAM = { "trpc-accept": "application/jsonl" };
const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };

let fast: TestServer;
let plain: TestServer;
let ada: Person;
let workspaceId: string;
beforeAll(async () => {
  fast = await startTestServer({ ...keys, PROJO_FAST_PATH: "true", PROJO_LOG_LEVEL: "info" });
  const logged = { PROJO_LOG_LEVEL: "info" };
  plain = await startServerOver(fast.database, { ...keys, ...logged, PROJO_FAST_PATH: "false" });
  ada = await arrive(fast, "ada");
  workspaceId = await foundWorkspace(ada);
});
afterAll(async () => {
  await plain.close();
  await fast.close();
});

const both = [
  ["the fast path", () => fast],
  ["tRPC's adapter", () => plain],
] as const;

const headers = () => ({ authorization: `Bearer ${ada.token}`, "x-workspace-id": workspaceId });

/** Requests a stream of queries. */
async function stream(url: string, names: string, inputs: object, more: Record<string, string> = STREAM) {
  const query = `batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
  return fetch(`${url}/trpc/${names}?${query}`, { headers: { ...headers(), ...more } });
}

const linesOf = async (answer: Response) => readStream(await answer.text());

const rowsNamed = async (name: string) =>
  (await fast.database.owner("SELECT id FROM projects WHERE name = $1", [name])).length;

describe.each(both)("a streamed batch, with %s", (_, server) => {
  it.each([
    { "trpc-accept": "application/jsonl" },
    { accept: "application/jsonl" },
    { accept: "*/*, application/jsonl" },
  ])("has a line for each call if the request has %o", async (asked) => {
    const answer = await stream(server().url, "auth.me,tasks.get,nope", { 1: { id: "x" } }, asked);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/jsonl; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      vary: "trpc-accept, accept",
    });
    const requestId = answer.headers.get("x-request-id");
    expect(await linesOf(answer)).toMatchObject([
      { result: { data: { user: { id: ada.id } } } },
      {
        error: {
          data: {
            reason: "input.invalid",
            httpStatus: 400,
            requestId,
            fieldErrors: { id: [expect.any(String)] },
          },
        },
      },
      { error: { data: { reason: "operation.not_found", httpStatus: 404, requestId } } },
    ]);
  });

  it("a streamed batch has the same answers as a batch without a stream", async () => {
    const names = "projects.list,tasks.list,auth.me,projects.get,workspaces.get";
    const inputs = { 0: { limit: 2 }, 1: {}, 3: { id: ada.id } };
    const id = { "x-request-id": "same" };
    const streamed = await linesOf(await stream(server().url, names, inputs, { ...STREAM, ...id }));
    expect(streamed).toEqual(await (await stream(server().url, names, inputs, id)).json());
    expect(streamed.map((one) => JSON.stringify(one).startsWith('{"error"'))).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it("carries out mutations once, and the stock client receives their results", async () => {
    const name = `Stream ${server() === fast}`;
    for (const streamHeader of ["trpc-accept", "accept"] as const) {
      const link = httpBatchStreamLink({ url: `${server().url}/trpc`, headers: headers(), streamHeader });
      const client = createTRPCUntypedClient({ links: [link] });
      const made = await Promise.allSettled([
        client.mutation("projects.create", { name: `${name} ${streamHeader}` }),
        client.mutation("tasks.create", { projectId: ada.id, title: "Task" }),
      ]);
      expect(made[0]).toMatchObject({ status: "fulfilled", value: { name: `${name} ${streamHeader}` } });
      expect(made[1]).toMatchObject({
        status: "rejected",
        reason: { data: { reason: "project.not_found" } },
      });
      expect(await rowsNamed(`${name} ${streamHeader}`)).toBe(1);
    }
  });

  it("refuses a mutation that is sent with GET", async () => {
    const name = `Get ${server() === fast}`;
    const answer = await stream(server().url, "projects.create,auth.me", { 0: { name } });
    expect(answer.status).toBe(400);
    expect(await rowsNamed(name)).toBe(0);
    const alone = await linesOf(await stream(server().url, "projects.create", { 0: { name } }));
    expect(alone).toMatchObject([{ error: { data: { reason: "operation.wrong_method", httpStatus: 405 } } }]);
    expect(await rowsNamed(name)).toBe(0);
  });

  it("carries out the mutations of a batch with an idempotency key once", async () => {
    const name = `Keyed-${server() === fast}`;
    const create = () =>
      fetch(`${server().url}/trpc/projects.create,projects.create?batch=1`, {
        method: "POST",
        headers: { ...headers(), ...STREAM, "content-type": "application/json", "idempotency-key": name },
        body: JSON.stringify({ 0: { name }, 1: { name } }),
      });
    const first = await linesOf(await create());
    expect(first).toMatchObject([{ result: { data: { name } } }, { result: { data: { name } } }]);
    expect(await linesOf(await create())).toEqual(first);
    expect(await rowsNamed(name)).toBe(2);
  });

  it("gives the first line before the last call has ended", async () => {
    let text = "";
    await whileLocked(fast.database, { lock: "LOCK TABLE tasks" }, async (held) => {
      const answer = await stream(server().url, "tasks.list,system.health", { 0: {}, 1: {} });
      let early = "";
      for await (const chunk of answer.body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString();
        if (!text.includes('"status"') || early !== "") continue;
        early = text;
        await held.release();
      }
      expect(early).toContain('"status":"ok"');
      expect(early).not.toContain('"items"');
    });
    expect(readStream(text)).toMatchObject([
      { result: { data: { items: [] } } },
      { result: { data: { status: "ok" } } },
    ]);
  });

  it.each([
    ["eleven calls", Array.from({ length: 11 }, () => "projects.create").join(), "batch.too_large"],
    ["a long operation", "projects.create,audit.export", "batch.not_allowed"],
    ["queries and mutations", "projects.create,auth.me", "batch.mixed"],
  ])("is refused before anything runs if it has %s", async (title, names, reason) => {
    const name = `Refused ${title} ${server() === fast}`;
    const answer = await fetch(`${server().url}/trpc/${names}?batch=1`, {
      method: "POST",
      headers: { ...headers(), ...STREAM, "content-type": "application/json" },
      body: JSON.stringify({ 0: { name } }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { data: { reason, requestId: answer.headers.get("x-request-id") } },
    });
    expect(await rowsNamed(name)).toBe(0);
  });

  it("of one call may call a long operation", async () => {
    expect(await linesOf(await stream(server().url, "audit.verify", { 0: {} }))).toMatchObject([
      { result: { data: { intact: true } } },
    ]);
  });

  it("a streamed batch has a line in the access log, with the account and the trace", async () => {
    const traceparent = `00-${"4b".repeat(16)}-${"00f0".repeat(4)}-01`;
    const requestId = `streamed-${server() === fast}`;
    await (
      await stream(server().url, "auth.me", {}, { ...STREAM, "x-request-id": requestId, traceparent })
    ).text();
    const linesOfRequest = () => server().logLines.filter((line) => line.includes(`"${requestId}"`));
    await expect.poll(linesOfRequest).toHaveLength(1);
    expect(JSON.parse(linesOfRequest()[0] ?? "")).toMatchObject({
      path: "/trpc/auth.me",
      status: 200,
      userId: ada.id,
      traceId: "4b".repeat(16),
      msg: "request",
    });
  });

  it("ends with the connection in HTTP/1.0, which has no chunks", async () => {
    const peer = await openPeer(server().url);
    peer.socket.write(getText("/trpc/system.health?batch=1", STREAM).replace("HTTP/1.1", "HTTP/1.0"));
    await peer.closed();
    const [head = "", body = ""] = peer.received().split("\r\n\r\n");
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(readStream(body)).toMatchObject([{ result: { data: { status: "ok" } } }]);
  });

  it("leaves the connection open for the next request", async () => {
    const peer = await openPeer(server().url);
    peer.socket.write(getText("/trpc/system.health?batch=1", STREAM) + getText("/trpc/system.health"));
    const answers = await peer.answers(2);
    expect(answers.map(statusOf)).toEqual([200, 200]);
    expect(peer.isClosed()).toBe(false);
    peer.socket.destroy();
  });
});

it("a client that aborts all calls of a stream ends their work in the server", async () => {
  const client = createTRPCUntypedClient({
    links: [httpBatchStreamLink({ url: `${fast.url}/trpc`, headers: headers() })],
  });
  const abort = new AbortController();
  await whileLocked(fast.database, { lock: "LOCK TABLE projects" }, async (held) => {
    const calls = Promise.allSettled(
      [1, 2].map(() => client.query("projects.list", {}, { signal: abort.signal })),
    );
    await held.untilWaiting(1);
    const abortedAt = performance.now();
    abort.abort();
    // The calls end although the lock is held.
    expect((await calls).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(performance.now() - abortedAt).toBeLessThan(700);
  });
  // The server closed the response, logged no bug and serves the next call.
  expect(fast.logLines.filter((line) => line.includes('"a bug"'))).toEqual([]);
  expect(await client.query("system.health")).toMatchObject({ status: "ok" });
});

describe.each(both)("F3 a stopping server, with %s,", (_, running) => {
  it("gives the finished calls of a stream and refuses the others, each in its line", async () => {
    const server = await startServerOver(fast.database, {
      ...keys,
      PROJO_FAST_PATH: String(running() === fast),
    });
    // The owner of the table holds a lock for longer than the server waits.
    const held = fast.database.owner("BEGIN; LOCK TABLE tasks; SELECT pg_sleep(7); COMMIT");
    await new Promise((passed) => setTimeout(passed, 200));
    const answer = await stream(server.url, "tasks.list,auth.me", { 0: {} });
    const closed = server.close();
    const requestId = answer.headers.get("x-request-id");
    const answers = await linesOf(answer);
    expect(answers[1]).toMatchObject({ result: { data: { user: { id: ada.id } } } });
    expect(answers[0]).toMatchObject({
      error: {
        data: {
          code: "SERVICE_UNAVAILABLE",
          reason: "server.busy",
          requestId,
          retryAfter: expect.any(Number),
        },
      },
    });
    await closed;
    await held;
  });

  it("refuses every late request in the form of all errors, on connections that are open", async () => {
    const server = await startServerOver(fast.database, {
      ...keys,
      PROJO_FAST_PATH: String(running() === fast),
    });
    const sent = [
      getText("/trpc/auth.me", headers()),
      getText("/trpc/auth.me,auth.me?batch=1", headers()),
      getText("/trpc/auth.me,auth.me?batch=1", { ...headers(), ...STREAM }),
      postText("/trpc/projects.create", { name: "Stopping" }, headers()),
      postText("/trpc/projects.create?batch=1", { 0: { name: "Stopping" } }, { ...headers(), ...STREAM }),
      getText("/trpc/nope", headers()),
      getText("/nowhere"),
    ];
    // Each connection has answered a request, and has the first bytes of the next one.
    const peers = await Promise.all(
      sent.map(async (text) => {
        const peer = await openPeer(server.url);
        peer.socket.write(getText("/livez"));
        await peer.answers(1);
        peer.socket.write(text.slice(0, 30));
        return { peer, rest: text.slice(30) };
      }),
    );
    await new Promise((passed) => setTimeout(passed, 200));
    // It refuses in the last half second.
    const closed = server.close({ answersMs: 700 });
    await new Promise((passed) => setTimeout(passed, 300));
    for (const { peer, rest } of peers) {
      peer.socket.write(rest);
      await peer.closed();
      const [, answer = ""] = await peer.answers(2);
      const [head = "", body = ""] = answer.split("\r\n\r\n");
      expect(statusOf(answer), body).toBe(503);
      const requestId = /^x-request-id: (.+)$/im.exec(head)?.[1];
      expect(JSON.parse(body)).toMatchObject({
        error: {
          message: "The server is stopping. Try again in a moment.",
          data: {
            code: "SERVICE_UNAVAILABLE",
            httpStatus: 503,
            reason: "server.busy",
            requestId,
            retryAfter: 2,
          },
        },
      });
      expect(head).toMatch(/^retry-after: 2$/im);
      expect(head).toMatch(/^connection: close$/im);
    }
    await closed;
    expect(await rowsNamed("Stopping")).toBe(0);
  });
});
