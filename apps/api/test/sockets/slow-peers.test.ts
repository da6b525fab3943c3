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
    expect(await peer.closed()).toBeGreaterThan(900);
  });

  it("closes a connection whose headers do not end", async () => {
    const peer = await openPeer(server.url);
    peer.socket.write("GET /livez HTTP/1.1\r\nhost: test\r\n");
    expect(await drip(peer, "x-more: and more\r\n")).toBeGreaterThan(900);
    expect(statusOf(peer.received())).toBe(408);
    expect(peer.received()).toContain('"reason":"request.timeout"');
  });

  it("closes a connection whose body does not end, even if it keeps sending", async () => {
    const peer = await openPeer(server.url);
    const head = ["POST /trpc/auth.signIn HTTP/1.1", "host: test", "content-type: application/json"];
    peer.socket.write([...head, "content-length: 10000", "", "{"].join("\r\n"));
    expect(await drip(peer, " ")).toBeGreaterThan(1_900);
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
