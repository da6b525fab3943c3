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
/** How many of the next request ids cannot be made. */
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
  dataDir = await mkdtemp(join(tmpdir(), "projo-odd-"));
  const env = { PORT: "0", PROJO_DATA_DIR: dataDir, DATABASE_URL: database.url, PROJO_LIMITS: "1000" };
  const destination = { write: (line: string) => void logLines.push(line) };
  const log = createLog({ level: "info", pretty: false, destination });
  const surroundings = {
    log,
    randomness,
    clock: systemClock,
    announce: () => {},
    isTerminal: false,
    version: "0.0.0-test",
  };
  server = await startServer(readConfig(env), surroundings);
});
afterAll(async () => {
  await server.close();
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const health = getText("/trpc/system.health");

describe("bytes that are no HTTP request", () => {
  it("is refused, and the connection is closed", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write("\x16\x03\x01 not for this port\r\n\r\n");
    await peer.closed();
    expect(statusOf(peer.received())).toBe(400);
  });

  it("after a request neither takes the place of its answer nor keeps it back", async () => {
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
  ])("F8 that asks for %s is not served", async (_, text) => {
    const peer = await openPeer(server.url);
    peer.socket.write(text);
    await peer.closed();
    expect(peer.received()).not.toContain(" 200 ");
  });

  it("F8 that asks for another protocol is answered in HTTP", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write(getText("/trpc/system.health", { upgrade: "websocket", connection: "upgrade" }));
    const [answer] = await peer.answers(1);
    expect(statusOf(answer)).toBe(200);
    peer.socket.destroy();
  });

  it("that expects what the server does not do is refused", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write(getText("/livez", { expect: "wonders", connection: "close" }));
    await peer.closed();
    expect(statusOf(peer.received())).toBe(417);
  });
});

describe("an error of the server's own before a request has its handler", () => {
  it.each([
    ["on the front's way", health],
    ["on Fastify's way", getText("/livez")],
  ])("F8 is a 500 %s, and is logged; the connection goes on", async (_, text) => {
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

  it("F8 closes the connection when nothing can be answered at all", async () => {
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
