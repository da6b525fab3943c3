import type { RequestListener, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startBareServer, type BareServer } from "./bare-server.ts";
import { getText, openPeer, statusOf, type Peer } from "./peer.ts";

let server: BareServer | undefined;
const peers: Peer[] = [];
afterEach(async () => {
  for (const { socket } of peers.splice(0)) socket.destroy();
  await server?.close();
  server = undefined;
});

async function connected({ url }: BareServer, from?: string): Promise<Peer> {
  const peer = await openPeer(url, from === undefined ? {} : { from });
  peers.push(peer);
  return peer;
}

/** Opens a connection whose request stays unanswered. */
async function busy(to: BareServer, from?: string): Promise<Peer> {
  const peer = await connected(to, from);
  const before = to.connections.busy().length;
  peer.socket.write(getText("/held"));
  await expect.poll(() => to.connections.busy().length).toBe(before + 1);
  return peer;
}

async function served(peer: Peer): Promise<boolean> {
  peer.socket.write(getText("/"));
  const [answer] = await peer.answers(1);
  return statusOf(answer) === 200;
}

const held: ServerResponse[] = [];
const handle: RequestListener = ({ url }, response) => {
  if (url === "/held") held.push(response);
  else response.end("served");
};

describe("R12 connections", () => {
  it("from one address are bounded: the server closes the one that has been idle longest", async () => {
    server = await startBareServer(handle, { bounds: { perAddress: 3 } });
    const [first, second, third] = [
      await connected(server),
      await connected(server),
      await connected(server),
    ];
    // The first connection is used again, so the second one has been idle longest.
    expect(await served(first)).toBe(true);
    const fourth = await connected(server);
    expect(await served(fourth)).toBe(true);
    await second.closed();
    expect([first, third].map((peer) => peer.isClosed())).toEqual([false, false]);
    expect(await served(await connected(server, "127.0.0.9"))).toBe(true);
    expect([first, third, fourth].map((peer) => peer.isClosed())).toEqual([false, false, false]);
  });

  it("from one address above the bound are refused with 429 while all others are busy", async () => {
    server = await startBareServer(handle, { bounds: { perAddress: 2 } });
    const working = [await busy(server), await busy(server)];
    const refused = await connected(server);
    await refused.closed();
    expect(statusOf(refused.received())).toBe(429);
    expect(refused.received()).toContain("retry-after: 2");
    expect(refused.received()).toContain('"reason":"limit.exceeded"');
    expect(working.map((peer) => peer.isClosed())).toEqual([false, false]);
  });

  it("from a trusted proxy are not bounded", async () => {
    server = await startBareServer(handle, {
      bounds: { perAddress: 2 },
      trustedProxies: ["127.0.0.1"],
    });
    const opened = [];
    for (let n = 0; n < 6; n += 1) opened.push(await connected(server));
    expect(await Promise.all(opened.map(served))).toEqual(opened.map(() => true));
  });

  it("in total are bounded: the server closes idle ones first, then ones with incomplete requests, and never busy ones", async () => {
    server = await startBareServer(handle, { bounds: { inAll: 3, perAddress: 10 } });
    const working = await busy(server);
    const half = await connected(server);
    half.socket.write("POST /held HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\n");
    const idle = await connected(server);
    await expect.poll(() => server?.connections.busy().length).toBe(2);
    const next = await busy(server, "127.0.0.2");
    await idle.closed();
    expect(half.isClosed()).toBe(false);
    const last = await busy(server, "127.0.0.3");
    await half.closed();
    const refused = await connected(server, "127.0.0.4");
    await refused.closed();
    expect(statusOf(refused.received())).toBe(503);
    expect([working, next, last].map((peer) => peer.isClosed())).toEqual([false, false, false]);
  });

  it("do not count after they are closed", async () => {
    server = await startBareServer(handle, { bounds: { perAddress: 2 } });
    for (let n = 0; n < 10; n += 1) {
      const peer = await connected(server);
      expect(await served(peer)).toBe(true);
      peer.socket.end();
      await peer.closed();
    }
    expect(server.logLines).toEqual([]);
  });

  it("F8 cause at most one log line per second if they cannot be accepted", async () => {
    server = await startBareServer(handle);
    for (let n = 0; n < 5; n += 1) server.server.emit("error", new Error("accept ENOMEM"));
    expect(server.logLines.filter((line) => line.includes("accept ENOMEM"))).toHaveLength(1);
    expect(await served(await connected(server))).toBe(true);
  });

  it("U9 without an address are closed at once", async () => {
    server = await startBareServer(handle);
    const socket = new Socket();
    server.server.emit("connection", socket);
    expect(socket.destroyed).toBe(true);
    expect(server.connections.of(socket)).toBeUndefined();
  });
});
