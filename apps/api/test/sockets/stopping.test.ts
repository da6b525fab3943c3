// What a client of any kind gets from a server that was told to stop.
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, afterAll, describe, expect, it } from "vitest";
import { createTestDatabase, whileLocked, type TestDatabase } from "@projostack/db/testing";
import { arrive, foundWorkspace, startServerOver, type Person, type TestServer } from "../kit/index.ts";
import { getText, openPeer, postText, statusOf, type Peer } from "./peer.ts";

const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };
const CLOSES = /^connection: close\r$/im;

let database: TestDatabase;
let server: TestServer;
let ada: Person;
let workspaceId: string;

const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  server = await startServerOver(database, { ...keys, PROJO_DRAIN_SECONDS: "60", ...env });
};
/** Announces the stop. The server serves until it is closed. */
const announce = async (): Promise<void> => {
  void server.drain();
  await delay(50);
};
const headers = () => ({ authorization: `Bearer ${ada.token}`, "x-workspace-id": workspaceId });
const create = (name: string) => postText("/trpc/projects.create", { name }, headers());
const count = async (name: string): Promise<number> =>
  (await database.owner("SELECT FROM projects WHERE name = $1", [name])).length;
/** Opens a connection that has had an answer, so it is kept alive. */
const keptAlive = async (): Promise<Peer> => {
  const peer = await openPeer(server.url);
  peer.socket.write(getText("/livez"));
  const [answer] = await peer.answers(1);
  expect(answer).toMatch(/^connection: keep-alive\r$/im);
  return peer;
};
/** The owner of the table makes calls wait. */
const WORKSPACES = { lock: "LOCK TABLE workspaces IN ACCESS EXCLUSIVE MODE" };

beforeAll(async () => {
  database = await createTestDatabase();
  await start();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  await server.close();
});
afterEach(() => server.close());
afterAll(() => database.drop());

describe.each(["true", "false"])("F3 a server that was told to stop, with PROJO_FAST_PATH=%s,", (isFast) => {
  it("F4 the server is not ready and alive, serves old and new connections, and says in each answer that it closes", async () => {
    await start({ PROJO_FAST_PATH: isFast });
    const requests: readonly [string, number][] = [
      [getText("/livez"), 200],
      [getText("/readyz"), 503],
      [getText("/readyz?exclude=database"), 503],
      [getText("/trpc/auth.me", headers()), 200],
      [getText("/trpc/auth.me,auth.me?batch=1", { ...headers(), "trpc-accept": "application/jsonl" }), 200],
      [create(`While it stops ${isFast}`), 200],
      [getText("/trpc/nope", headers()), 404],
    ];
    const old = await Promise.all(requests.map(keptAlive));
    await announce();
    const fresh = await Promise.all(requests.map(() => openPeer(server.url)));
    for (const [peers, earlier] of [
      [old, 1],
      [fresh, 0],
    ] as const) {
      for (const [nth, [text, status]] of requests.entries()) {
        const peer = peers[nth];
        peer?.socket.write(text);
        const answer = (await peer?.answers(earlier + 1))?.[earlier];
        expect(statusOf(answer), text).toBe(status);
        expect(answer, text).toMatch(CLOSES);
        await peer?.closed(1_000);
      }
    }
    const readyz = await fetch(`${server.url}/readyz`);
    expect(readyz.headers.get("retry-after")).toBe("2");
    expect(await readyz.json()).toEqual({ status: "stopping" });
    expect(await count(`While it stops ${isFast}`)).toBe(2);
    // Balancers ask every second: the log has no line for each answer.
    expect(server.logLines.filter((line) => line.includes("was refused with 503"))).toEqual([]);
  });

  it("answers every request that was sent on a connection before the announcement, and announces in the last answer", async () => {
    await start({ PROJO_FAST_PATH: isFast });
    const peer = await keptAlive();
    await whileLocked(database, WORKSPACES, async (held) => {
      peer.socket.write(
        getText("/trpc/workspaces.list", headers()) + create("Pipelined") + getText("/livez").repeat(2),
      );
      await held.untilWaiting(1);
      await delay(100);
      await announce();
    });
    const answers = (await peer.answers(5)).slice(1);
    expect(answers.map(statusOf)).toEqual([200, 200, 200, 200]);
    expect(answers.map((answer) => CLOSES.test(answer))).toEqual([false, false, false, true]);
    await peer.closed(1_000);
  });

  it("runs no request that arrives after the announcement was sent", async () => {
    await start({ PROJO_FAST_PATH: isFast });
    const peer = await keptAlive();
    await announce();
    peer.socket.write(getText("/livez") + create(`After the announcement ${isFast}`));
    await peer.closed(1_000);
    const answers = (await peer.answers(2)).slice(1);
    // The second request arrived before the first answer was sent, or was dropped.
    expect(CLOSES.test(answers.at(-1) ?? "")).toBe(true);
    const made = answers.length - 1;
    const another = await keptAliveWhileStopping();
    another.socket.write(create(`One more ${isFast}`));
    await another.closed(1_000);
    expect((await another.answers(1)).length).toBe(1);
    expect([await count(`After the announcement ${isFast}`), await count(`One more ${isFast}`)]).toEqual([
      made,
      0,
    ]);
  });

  it("serves the requests that had begun to arrive when the listener closed", async () => {
    await start({ PROJO_FAST_PATH: isFast });
    const texts = [getText("/trpc/auth.me", headers()), create(`Arriving ${isFast}`)];
    const peers = await Promise.all(
      texts.map(async (text) => {
        const peer = await keptAlive();
        peer.socket.write(text.slice(0, 30));
        return { peer, rest: text.slice(30) };
      }),
    );
    await delay(100);
    const closed = server.close();
    await delay(300);
    for (const { peer, rest } of peers) {
      peer.socket.write(rest);
      const [, answer] = await peer.answers(2);
      expect(statusOf(answer)).toBe(200);
      expect(answer).toMatch(CLOSES);
    }
    await closed;
    expect(await count(`Arriving ${isFast}`)).toBe(1);
  });
});

/** Sends a request and reads the answer that announces the close, without closing the own end. */
async function keptAliveWhileStopping(): Promise<Peer> {
  const peer = await openPeer(server.url);
  peer.socket.write(getText("/livez"));
  const [answer] = await peer.answers(1);
  expect(answer).toMatch(CLOSES);
  return peer;
}

describe("F3 a server that closes", () => {
  it("closes its listener and the idle connections at once, and silent ones after a second", async () => {
    await start();
    const [idle, silent] = [await keptAlive(), await openPeer(server.url)];
    const startedAt = performance.now();
    const closed = server.close();
    await idle.closed(500);
    expect(silent.isClosed()).toBe(false);
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
    await silent.closed(1_500);
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  });

  it("serves a request whose connection it accepted just before, and closes when that is done", async () => {
    await start();
    const peer = await openPeer(server.url);
    const startedAt = performance.now();
    const closed = server.close();
    await delay(300);
    peer.socket.write(create("At the last moment"));
    expect(statusOf((await peer.answers(1))[0])).toBe(200);
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  it("finishes a stream whose head it sent before, with all lines, and then closes its connection", async () => {
    await start();
    const peer = await openPeer(server.url);
    const stream = { ...headers(), "trpc-accept": "application/jsonl" };
    await whileLocked(database, WORKSPACES, async (held) => {
      peer.socket.write(getText("/trpc/system.health,workspaces.list?batch=1", stream));
      await expect.poll(() => peer.received(), { timeout: 10_000 }).toContain('"version"');
      expect(peer.received()).toMatch(/^connection: keep-alive\r$/im);
      await held.untilWaiting(1);
      const closed = server.close();
      await delay(500);
      const releasedAt = performance.now();
      await held.release();
      await closed;
      expect(performance.now() - releasedAt).toBeLessThan(1_500);
    });
    await peer.closed(500);
    // The last chunk of a complete body is empty.
    expect(peer.received()).toMatch(/"nextCursor".*\r\n0\r\n\r\n$/s);
  });

  it("cuts off headers and bodies that do not end, half-closed and unread connections, and ends in time", async () => {
    await start();
    const body = "content-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    const slow = await Promise.all(
      [
        "GET /livez HTTP/1.1\r\nhost: test\r\nx-",
        `POST /trpc/auth.signIn HTTP/1.1\r\nhost: test\r\n${body}`,
      ].map(async (text) => {
        const peer = await openPeer(server.url);
        peer.socket.write(text);
        return peer;
      }),
    );
    const halfClosed = await openPeer(server.url);
    halfClosed.socket.end("GET /livez HTTP/1.1\r\nhost: test\r\n");
    const unread = await openPeer(server.url, { reads: false });
    unread.socket.write(getText("/openapi.json").repeat(20));
    await delay(200);
    const drops = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write("a");
    }, 50);
    const startedAt = performance.now();
    await server.close({ answersMs: 1_000 });
    clearInterval(drops);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    const [head, bodyPeer] = slow;
    expect(head?.received()).toBe("");
    expect(statusOf(bodyPeer?.received())).toBe(503);
    unread.socket.destroy();
  });
});
