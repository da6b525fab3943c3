import type { RequestListener, ServerResponse } from "node:http";
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

async function connected(to: BareServer, options: Parameters<typeof openPeer>[1] = {}): Promise<Peer> {
  const peer = await openPeer(to.url, options);
  peers.push(peer);
  return peer;
}

/** Larger than the buffers of the operating system for a connection whose peer does not read. */
const LARGE = "x".repeat(12_000_000);

describe("R12 the server", () => {
  it("disconnects a peer whose answer has waited too long, even if the peer keeps sending", async () => {
    server = await startBareServer(answering(LARGE), {
      bounds: { unreadMs: 500 },
      slowestBytesPerMs: 100_000,
    });
    const peer = await connected(server, { reads: false });
    peer.socket.write(getText("/"));
    expect(await peer.closed()).toBeLessThan(15_000);
    expect(server.logLines.join()).toContain("its peer does not read");
  });

  it("disconnects the peer with the most unread bytes first, and keeps the others", async () => {
    server = await startBareServer(
      ({ url }, response) => response.end(url === "/large" ? LARGE : LARGE.slice(0, 7_000_000)),
      { bounds: { unreadBytes: 10_000_000 } },
    );
    const small = await connected(server, { reads: false });
    small.socket.write(getText("/small"));
    const large = await connected(server, { reads: false });
    large.socket.write(getText("/large"));
    await large.closed();
    expect(small.isClosed()).toBe(false);
  });

  it("keeps a peer that reads slowly", async () => {
    server = await startBareServer(answering(LARGE), { bounds: { unreadMs: 1_000 } });
    const peer = await connected(server, { reads: false });
    let bytes = 0;
    peer.socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      peer.socket.pause();
      setTimeout(() => peer.socket.resume(), 10);
    });
    peer.socket.write(getText("/"));
    for (const until = performance.now() + 15_000; bytes < LARGE.length && performance.now() < until;)
      await new Promise((passed) => setTimeout(passed, 50));
    expect(bytes).toBeGreaterThanOrEqual(LARGE.length);
  });
});

// Nothing is unread before the first part. The last part comes after one second.
const growing: RequestListener = (_, response) => {
  response.write(LARGE);
  // The server checks every 500 ms, so these parts come after its first check.
  for (const delayMs of [700, 800, 900, 1_000, 1_100]) setTimeout(() => response.write(LARGE), delayMs);
  setTimeout(() => response.end(), 1_200);
};

describe("R12 a response whose parts are written one by one", () => {
  // The first part alone may stay unread for 1.7 s, and all parts for 7.7 s.
  const options = { bounds: { unreadMs: 500, unreadBytes: 500_000_000 }, slowestBytesPerMs: 10_000 };

  it("may take as long as a response of the same size that was written at once", async () => {
    server = await startBareServer(growing, options);
    const peer = await connected(server, { reads: false });
    let bytes = 0;
    const startedAt = performance.now();
    peer.socket.write(getText("/"));
    // Reads nothing for longer than the first part alone may stay unread.
    await new Promise((passed) => setTimeout(passed, 3_500));
    peer.socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
    await expect.poll(() => bytes, { timeout: 15_000 }).toBeGreaterThanOrEqual(6 * LARGE.length);
    expect(performance.now() - startedAt).toBeGreaterThan(3_000);
  });

  it("the response is cut off if its peer reads nothing", async () => {
    server = await startBareServer(growing, options);
    const peer = await connected(server, { reads: false });
    peer.socket.write(getText("/"));
    expect(await peer.closed(25_000)).toBeGreaterThan(2_500);
    expect(server.logLines.join()).toContain("its peer does not read");
  });
});

describe("R12 requests on one connection", () => {
  it("run one after the other and are answered in order", async () => {
    const started: string[] = [];
    const open: ServerResponse[] = [];
    server = await startBareServer(({ url = "" }, response) => {
      started.push(url);
      open.push(response);
    });
    const peer = await connected(server);
    peer.socket.write([1, 2, 3].map((n) => getText(`/${n}`)).join(""));
    const seen: string[][] = [];
    for (const n of [1, 2, 3]) {
      await expect.poll(() => started.length).toBe(n);
      seen.push([...started]);
      open[n - 1]?.end(String(n));
    }
    expect(seen).toEqual([["/1"], ["/1", "/2"], ["/1", "/2", "/3"]]);
    const answers = await peer.answers(3);
    expect(answers.map((answer) => answer.at(-1))).toEqual(["1", "2", "3"]);
  });

  it("number at most 33: the server answers 33, and closes the connection if there is one more", async () => {
    const held: ServerResponse[] = [];
    server = await startBareServer(({ url }, response) => {
      if (url === "/held") held.push(response);
      else response.end("answered");
    });
    const modest = await connected(server);
    modest.socket.write(getText("/held") + getText("/").repeat(32));
    await expect.poll(() => held.length).toBe(1);
    const greedy = await connected(server);
    greedy.socket.write(getText("/held") + getText("/").repeat(33));
    await greedy.closed();
    expect(greedy.received()).toBe("");
    held[0]?.end("held");
    const answers = await modest.answers(33);
    expect(answers.map(statusOf)).toEqual(Array.from({ length: 33 }, () => 200));
  });

  it("do not run after their peer has disconnected", async () => {
    const started: string[] = [];
    const open: ServerResponse[] = [];
    server = await startBareServer(({ url = "" }, response) => {
      started.push(url);
      open.push(response);
    });
    const peer = await connected(server);
    peer.socket.write(getText("/1") + getText("/2"));
    await expect.poll(() => open.length).toBe(1);
    const gone = new Promise((closed) => open[0]?.once("close", closed));
    peer.socket.resetAndDestroy();
    await gone;
    open[0]?.end();
    await new Promise((passed) => setTimeout(passed, 50));
    expect(started).toEqual(["/1"]);
  });
});

const answering =
  (text: string): RequestListener =>
  (_, response) =>
    response.end(text);
