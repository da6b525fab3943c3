import { expect, it } from "vitest";
import { arrive, foundWorkspace, startTestServer } from "../kit/index.ts";
import { getText, openPeer, statusOf } from "./peer.ts";

it("F3 a stopping server refuses a request that it cannot answer in time, and stops within 10 s", async () => {
  const server = await startTestServer();
  const ada = await arrive(server, "ada");
  await foundWorkspace(ada);
  // The owner of the table holds a lock for longer than the server waits.
  const held = server.database.owner("LOCK TABLE workspaces IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(8)");
  await new Promise((passed) => setTimeout(passed, 100));
  const peer = await openPeer(server.url);
  peer.socket.write(getText("/trpc/workspaces.list", { authorization: `Bearer ${ada.token}` }));
  await new Promise((passed) => setTimeout(passed, 200));
  const startedAt = performance.now();
  const closed = server.close();
  await peer.closed();
  expect(statusOf(peer.received())).toBe(503);
  await closed;
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await held;
}, 30_000);

it("F3 a stopping server refuses new requests in the form of all errors", async () => {
  const server = await startTestServer();
  const peers = await Promise.all(
    ["/trpc/system.health", "/livez"].map(async (path) => {
      const peer = await openPeer(server.url);
      const text = getText(path);
      peer.socket.write(text.slice(0, -2));
      return { peer, rest: text.slice(-2) };
    }),
  );
  await new Promise((passed) => setTimeout(passed, 300));
  const closed = server.close();
  await new Promise((passed) => setTimeout(passed, 100));
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
}, 30_000);
