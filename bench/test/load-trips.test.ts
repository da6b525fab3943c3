// Tests the counting of round trips, with a server that responds to every message. The protocol does not matter for the count.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTripProxy, type TripProxy } from "../src/load/trip-proxy.ts";

let server: Server;
let proxy: TripProxy;

const answering = (): Server =>
  createServer((socket) =>
    socket.on("data", (bytes: Buffer) => socket.write(`answer to ${bytes.toString()}`)),
  );

beforeAll(async () => {
  server = answering();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  proxy = await startTripProxy({ to: { host: "127.0.0.1", port }, delayMs: 20 });
});

afterAll(async () => {
  await proxy.close();
  server.close();
});

async function connected({ host, port }: { host: string; port: number }): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, "connect");
  return socket;
}

async function answered(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = await once(socket, "data");
  return String(answer);
}

it("counts a round trip each time a client sends after the server has responded, on any connection", async () => {
  const before = proxy.trips();
  const [one, other] = [await connected(proxy), await connected(proxy)];
  expect(await answered(one, "a")).toBe("answer to a");
  expect(await answered(one, "b")).toBe("answer to b");
  expect(proxy.trips() - before).toBe(2);
  await Promise.all([answered(one, "c"), answered(other, "d")]);
  expect(proxy.trips() - before).toBe(4);
  one.destroy();
  other.destroy();
});

it("counts messages sent without waiting for a response as one round trip", async () => {
  const before = proxy.trips();
  const socket = await connected(proxy);
  let heard = "";
  socket.on("data", (bytes) => (heard += bytes.toString()));
  for (const text of ["a", "b", "c"]) {
    socket.write(text);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await expect.poll(() => heard).toMatch(/a.*b.*c/);
  expect(proxy.trips() - before).toBe(1);
  socket.destroy();
});

it("connects to a Unix socket in a directory, and closes that connection when the client disconnects", async () => {
  const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
  const local = answering();
  let left = 0;
  local.on("connection", (socket) => socket.on("close", () => (left += 1)));
  await once(local.listen(join(directory, ".s.PGSQL.5432")), "listening");
  const through = await startTripProxy({ to: { host: directory, port: 5432 }, delayMs: 1 });
  const socket = await connected(through);
  expect(await answered(socket, "a")).toBe("answer to a");
  expect(through.trips()).toBe(1);
  socket.destroy();
  await expect.poll(() => left).toBe(1);
  await through.close();
  local.close();
  await rm(directory, { recursive: true });
});
