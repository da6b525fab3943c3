// A stopping server answers, whether the fast path is on or off.
import { createTestDatabase, whileLocked } from "@projostack/db/testing";
import { describe, expect, it } from "vitest";
import { arrive, foundWorkspace, startServerOver, startTestServer } from "../kit/index.ts";
import { getText, openPeer, statusOf } from "./peer.ts";

/** The owner of the table makes calls wait. */
const WORKSPACES = { lock: "LOCK TABLE workspaces IN ACCESS EXCLUSIVE MODE" };
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

describe.each(["true", "false"])("with PROJO_FAST_PATH=%s", (isFast) => {
  it("F3 a stopping server refuses a request that it cannot answer in time, and stops within 10 s", async () => {
    const database = await createTestDatabase();
    const server = await startServerOver(database, { PROJO_FAST_PATH: isFast });
    const ada = await arrive(server, "ada");
    await foundWorkspace(ada);
    await whileLocked(database, WORKSPACES, async (held) => {
      const peer = await openPeer(server.url);
      peer.socket.write(getText("/trpc/workspaces.list", { authorization: `Bearer ${ada.token}` }));
      await held.untilWaiting(1);
      const startedAt = performance.now();
      const closed = server.close();
      await peer.closed();
      expect(statusOf(peer.received())).toBe(503);
      await closed;
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    });
    await database.drop();
  });

  it("F3 a stopping server refuses the requests that arrive too late in the form of all errors", async () => {
    const server = await startTestServer({ PROJO_FAST_PATH: isFast });
    const paths = ["/trpc/system.health", "/livez"];
    const peers = await Promise.all(
      paths.map(async (path) => {
        const peer = await openPeer(server.url);
        const text = getText(path, { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` });
        peer.socket.write(text.slice(0, -2));
        return { peer, rest: text.slice(-2) };
      }),
    );
    await new Promise((passed) => setTimeout(passed, 300));
    // It refuses in the last half second.
    const closed = server.close({ answersMs: 700 });
    await new Promise((passed) => setTimeout(passed, 300));
    for (const { peer, rest } of peers) {
      peer.socket.write(rest);
      await peer.closed();
      const answer = peer.received();
      expect(statusOf(answer)).toBe(503);
      expect(answer).toContain('"message":"The server is stopping. Try again in a moment."');
      expect(answer).toContain('"reason":"server.busy"');
      expect(answer).toContain("retry-after: 2");
      expect(answer).toMatch(/connection: close/i);
    }
    await closed;
    const lines = server.logLines.map((line) => JSON.parse(line) as object);
    for (const operation of paths)
      expect(lines).toContainEqual(
        expect.objectContaining({ msg: "a call was refused with 503", operation, traceId: TRACE }),
      );
  });

  it("R12 a connection with more than 32 waiting requests is closed", async () => {
    const server = await startTestServer({ PROJO_FAST_PATH: isFast });
    try {
      const ada = await arrive(server, "ada");
      const request = getText("/trpc/workspaces.list", { authorization: `Bearer ${ada.token}` });
      const [within, above] = [await openPeer(server.url), await openPeer(server.url)];
      await whileLocked(server.database, WORKSPACES, async () => {
        within.socket.write(request.repeat(33));
        above.socket.write(request.repeat(34));
        await above.closed();
        expect(above.received()).toBe("");
      });
      expect((await within.answers(33)).map(statusOf)).toEqual(Array.from({ length: 33 }, () => 200));
      within.socket.destroy();
    } finally {
      await server.close();
    }
  });
});
