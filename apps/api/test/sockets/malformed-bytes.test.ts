import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/config.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { createLog } from "../../src/runtime/log.ts";
import { systemRandomness, type Randomness } from "../../src/runtime/randomness.ts";
import { startServer, type Server } from "../../src/server.ts";
import { getText, openPeer, postText, statusOf } from "./peer.ts";

let server: Server;
let database: TestDatabase;
let dataDir: string;
const logLines: string[] = [];
/** The number of next request ids whose generation fails. */
let failures = 0;
const randomness: Randomness = {
  ...systemRandomness,
  newRequestId: () => {
    if (failures === 0) return systemRandomness.newRequestId();
    failures -= 1;
    throw new Error("no more randomness");
  },
};
beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "projo-malformed-"));
  const env = { PORT: "0", PROJO_DATA_DIR: dataDir, DATABASE_URL: database.url, PROJO_LIMITS: "1000" };
  const destination = { write: (line: string) => void logLines.push(line) };
  const log = createLog({ level: "info", pretty: false, destination });
  const deps = {
    log,
    randomness,
    clock: systemClock,
    announce: () => {},
    isTerminal: false,
    version: "0.0.0-test",
  };
  server = await startServer(readConfig(env), deps);
});
afterAll(async () => {
  await server.close();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const health = getText("/trpc/system.health");

describe("the connection handling", () => {
  it("refuses bytes that are not HTTP, and closes the connection", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write("\x16\x03\x01 not for this port\r\n\r\n");
    await peer.closed();
    expect(statusOf(peer.received())).toBe(400);
  });

  it("answers a request before malformed bytes that follow it", async () => {
    const peer = await openPeer(server.url);
    const wrong = { email: "nobody@example.com", password: "not the password of anybody" };
    peer.socket.write(`${postText("/trpc/auth.signIn", wrong)}\0\0 not HTTP`);
    await peer.closed();
    const answers = await peer.answers(1);
    expect(answers.map(statusOf)).toEqual([401]);
  });

  it.each([
    ["a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n"],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ])("F8 does not serve a request for %s", async (_, text) => {
    const peer = await openPeer(server.url);
    peer.socket.write(text);
    await peer.closed();
    expect(peer.received()).not.toContain(" 200 ");
  });

  it("F8 continues when clients reset the connection after CONNECT", async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on("uncaughtException", note);
    try {
      for (let round = 0; round < 20; round += 1) {
        const peers = await Promise.all(Array.from({ length: 20 }, () => openPeer(server.url)));
        for (const { socket } of peers) {
          socket.write("CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n");
          socket.resetAndDestroy();
        }
        const { status } = await fetch(`${server.url}/livez`);
        expect(status).toBe(200);
      }
    } finally {
      process.off("uncaughtException", note);
    }
    expect(uncaught).toEqual([]);
  });

  it("F8 answers a request to upgrade to another protocol with HTTP", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write(getText("/trpc/system.health", { upgrade: "websocket", connection: "upgrade" }));
    const [answer] = await peer.answers(1);
    expect(statusOf(answer)).toBe(200);
    peer.socket.destroy();
  });

  it("refuses a request with an unsupported Expect header", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write(getText("/livez", { expect: "wonders", connection: "close" }));
    await peer.closed();
    expect(statusOf(peer.received())).toBe(417);
  });
});

describe("an internal error before a request reaches its handler", () => {
  it.each([
    ["on the fast path", health],
    ["in Fastify", getText("/livez")],
  ])("F8 returns 500 %s, is logged, and keeps the connection open", async (_, text) => {
    const peer = await openPeer(server.url);
    failures = 1;
    peer.socket.write(text);
    const [first] = await peer.answers(1);
    expect(statusOf(first)).toBe(500);
    expect(first).toContain('"reason":"server.internal"');
    const requestId = /x-request-id: (\S+)/i.exec(first ?? "")?.[1];
    expect(
      logLines.some((line) => line.includes(String(requestId)) && line.includes("no more randomness")),
    ).toBe(true);
    peer.socket.write(text);
    const [, second] = await peer.answers(2);
    expect(statusOf(second)).toBe(200);
    peer.socket.destroy();
  });

  it("F8 closes the connection if the server cannot answer", async () => {
    const peer = await openPeer(server.url);
    failures = 2;
    peer.socket.write(health);
    await peer.closed();
    expect(peer.received()).toBe("");
    const other = await openPeer(server.url);
    other.socket.write(health);
    const [answer] = await other.answers(1);
    expect(statusOf(answer)).toBe(200);
    other.socket.destroy();
  });
});
