import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { getText, openPeer, statusOf, type Peer } from "./peer.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    PROJO_HEADERS_SECONDS: "1",
    PROJO_REQUEST_SECONDS: "2",
    PROJO_IDLE_SECONDS: "1",
  });
});
afterAll(() => server.close());

/** The server checks the time limits twice a second. The rest is for a busy machine. */
const LATEST_CHECK_MS = 2_500;

/** Sends the text every 100 ms until the connection is closed. */
async function drip(peer: Peer, text: string): Promise<number> {
  const drops = setInterval(() => {
    if (peer.socket.writable) peer.socket.write(text);
  }, 100);
  try {
    return await peer.closed();
  } finally {
    clearInterval(drops);
  }
}

describe("F6 the server", () => {
  it("closes a connection that sends nothing", async () => {
    const peer = await openPeer(server.url);
    const ms = await peer.closed();
    expect(ms).toBeGreaterThan(900);
    expect(ms).toBeLessThan(1_000 + LATEST_CHECK_MS);
  });

  it("closes a connection whose headers do not end", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write("GET /livez HTTP/1.1\r\nhost: test\r\n");
    const ms = await drip(peer, "x-more: and more\r\n");
    expect(ms).toBeGreaterThan(900);
    expect(ms).toBeLessThan(1_000 + LATEST_CHECK_MS);
    expect(statusOf(peer.received())).toBe(408);
    expect(peer.received()).toContain('"reason":"request.timeout"');
  });

  it("closes a connection whose body does not end, even if it keeps sending", async () => {
    const peer = await openPeer(server.url);
    const head = ["POST /trpc/auth.signIn HTTP/1.1", "host: test", "content-type: application/json"];
    peer.socket.write([...head, "content-length: 10000", "", "{"].join("\r\n"));
    const ms = await drip(peer, " ");
    expect(ms).toBeGreaterThan(1_900);
    expect(ms).toBeLessThan(2_000 + LATEST_CHECK_MS);
    expect(statusOf(peer.received())).toBe(408);
    expect(peer.received()).toContain('"reason":"request.timeout"');
  });

  it("closes a connection that stays open without requests", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write(getText("/livez"));
    await peer.closed();
    expect(statusOf(peer.received())).toBe(200);
  });
});
