// The process of a trip proxy: where PostgreSQL is and how long to hold its answers back are its arguments, its port
// goes to the standard output, and the count to file descriptor 3.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

const COUNTER = 3;

const [host = "", port = "", delayMs = ""] = process.argv.slice(2);
const upstream = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port: Number(port) };
const heldBackMs = Number(delayMs);
const trips = Buffer.alloc(8);

const proxy = createServer({ noDelay: true }, (client) => {
  const postgres = connect({ ...upstream, noDelay: true });
  let isClientsTurn = true;
  client.on("data", (bytes) => {
    isClientsTurn = false;
    postgres.write(bytes);
  });
  // A trip counts when it is over: one that nobody waits for, such as a COMMIT beside the answer, comes too late for it.
  const answer = (bytes: Buffer) => {
    if (!isClientsTurn) countTrip();
    isClientsTurn = true;
    if (client.writable) client.write(bytes);
  };
  postgres.on("data", (bytes) => {
    if (heldBackMs > 0) setTimeout(answer, heldBackMs, bytes);
    else answer(bytes);
  });
  tie(client, postgres);
}).listen(0, "127.0.0.1");
await once(proxy, "listening");
process.stdout.write(`${(proxy.address() as AddressInfo).port}\n`);
process.stdin.on("end", () => process.exit()).resume();

function countTrip(): void {
  trips.writeDoubleLE(trips.readDoubleLE() + 1);
  writeSync(COUNTER, trips, 0, 8, 0);
}

function tie(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on("close", () => peer.destroy());
    socket.on("error", () => peer.destroy());
  }
}
