import { once } from "node:events";
import type { RequestListener } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { startBareServer, type BareServer } from "./bare-server.ts";
import { getText, openPeer, statusOf, type Peer } from "./peer.ts";

interface Upload {
  /** What the client received while it sent, or the error that interrupted it. */
  readonly received: string;
  readonly error: string | null;
}

/** Opens a connection that stays open for writing after the server has ended its direction. */
async function openHalf(url: string, from?: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const localAddress = from === undefined ? {} : { localAddress: from };
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    allowHalfOpen: true,
    ...localAddress,
  });
  await once(socket, "connect");
  return socket;
}

/** Sends the start of a request, then more of it also after the response, as a client on a slow network does. */
async function upload(url: string, start: string, rest: string): Promise<Upload> {
  const socket = await openHalf(url);
  let received = "";
  let error: string | null = null;
  socket.setEncoding("utf8").on("data", (text: string) => (received += text));
  socket.on("error", ({ message }) => (error ??= message));
  socket.write(start);
  await Promise.race([once(socket, "end"), once(socket, "close")]);
  for (let sent = 0; sent < 20 && !socket.destroyed; sent += 1) {
    socket.write(rest);
    await delay(5);
  }
  socket.destroy();
  return { received, error };
}

const json = "content-type: application/json";
const post = (...headers: string[]) =>
  ["POST /trpc/auth.signIn HTTP/1.1", "host: test", json, ...headers, "", ""].join("\r\n");
const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;

describe("N3 a client that still sends gets the response", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it.each<[what: string, status: number, start: string, rest: string]>([
    ["a body that is too large", 413, `${post("content-length: 90000000")}xxxx`, "x".repeat(50_000)],
    ["chunks that are too large", 413, post("transfer-encoding: chunked") + chunk(110_000), chunk(50_000)],
    ["a URL that is too long", 414, `GET /trpc/tasks.list?input=${"x".repeat(20_000)}`, "x".repeat(50_000)],
    ["headers that are too large", 431, `${getText("/livez").slice(0, -2)}x: ${"y".repeat(20_000)}`, "y"],
    ["malformed bytes", 400, "\x16\x03\x01 not HTTP\r\n\r\n", "more of it"],
    ["a tunnel", 400, "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n", "more of it"],
    [
      "an unsupported expectation",
      417,
      post("expect: magic", "content-length: 90000000"),
      "x".repeat(50_000),
    ],
  ])("N3 after %s", async (_, status, start, rest) => {
    const { received, error } = await upload(server.url, start, rest);
    expect(error).toBeNull();
    expect(statusOf(received)).toBe(status);
    expect(JSON.parse(received.slice(received.indexOf("\r\n\r\n")))).toHaveProperty("error.message");
  });

  it("N3 does not run a request that follows a request with a body that is too large", async () => {
    const id = `after-${Math.random().toString(36).slice(2)}`;
    const body = "x".repeat(110_000);
    const next = getText("/trpc/system.health", { "x-request-id": id });
    await upload(server.url, post(`content-length: ${body.length}`) + body + next, next);
    expect(server.logLines.filter((line) => line.includes(id))).toEqual([]);
  });
});

const handle: RequestListener = (_, response) => void response.setHeader("connection", "close").end("done");

describe("R12 connections that wait for their peer to close", () => {
  let server: BareServer | undefined;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server?.close();
    server = undefined;
  });

  async function serveAndKeepOpen(to: BareServer): Promise<void> {
    const socket = await openHalf(to.url);
    sockets.push(socket);
    socket.resume().on("error", () => {});
    socket.write(getText("/"));
    await Promise.race([once(socket, "end"), once(socket, "close")]);
  }
  const countOpen = () =>
    new Promise<number>((resolve, reject) =>
      server?.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );

  it("are closed after a time limit", async () => {
    server = await startBareServer(handle, { linger: { ms: 50, most: 100 } });
    await serveAndKeepOpen(server);
    await expect.poll(() => countOpen()).toBe(0);
  });

  it("are bounded in number: one more is closed at once", async () => {
    server = await startBareServer(handle, { linger: { ms: 600_000, most: 2 } });
    for (let opened = 0; opened < 5; opened += 1) await serveAndKeepOpen(server);
    await expect.poll(() => countOpen()).toBe(2);
    // A connection that its peer closes makes room for another one.
    sockets.shift()?.destroy();
    await expect.poll(() => countOpen()).toBe(1);
    await serveAndKeepOpen(server);
    await serveAndKeepOpen(server);
    await expect.poll(() => countOpen()).toBe(2);
  });

  it("still count for their address, and are the first to be closed", async () => {
    server = await startBareServer(handle, { bounds: { perAddress: 2 }, linger: { ms: 600_000, most: 100 } });
    await serveAndKeepOpen(server);
    await serveAndKeepOpen(server);
    const next: Peer = await openPeer(server.url);
    sockets.push(next.socket);
    next.socket.write(getText("/"));
    const [answer] = await next.answers(1);
    expect(statusOf(answer)).toBe(200);
    await expect.poll(() => countOpen()).toBeLessThanOrEqual(2);
  });
});
