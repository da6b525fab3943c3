import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { startTestServer } from "../kit/index.ts";

it("F3 a client that connects and sends nothing does not prevent the server from stopping", async () => {
  const server = await startTestServer();
  const { hostname, port } = new URL(server.url);
  const silent = connect(Number(port), hostname);
  await once(silent, "connect");
  const ended = once(silent, "close");
  const startedAt = performance.now();
  await server.close();
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await ended;
});
