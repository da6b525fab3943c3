// The process of a round-trip proxy. Arguments: the host and port of PostgreSQL, and the delay of its responses in milliseconds.
// It prints its port on standard output, and writes the counts to file descriptor 3.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

const COUNTER = 3;
const SYNC = "S".charCodeAt(0);
const QUERY = "Q".charCodeAt(0);

const [host = "", port = "", delayMs = ""] = process.argv.slice(2);
const upstream = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port: Number(port) };
const heldBackMs = Number(delayMs);
const TRIPS_AT = 0;
const MESSAGES_AT = 8;
const counts = Buffer.alloc(16);

const proxy = createServer({ noDelay: true }, (client) => {
  const postgres = connect({ ...upstream, noDelay: true });
  let isClientsTurn = true;
  const countMessages = messageCounter((many) => count(MESSAGES_AT, many));
  client.on("data", (bytes) => {
    isClientsTurn = false;
    countMessages(bytes);
    postgres.write(bytes);
  });
  // A round trip counts when its response arrives. If no caller waits for it, such as a COMMIT sent beside the HTTP response, it
  // is counted after the request has ended.
  const answer = (bytes: Buffer) => {
    if (!isClientsTurn) count(TRIPS_AT, 1);
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

function count(at: number, many: number): void {
  counts.writeDoubleLE(counts.readDoubleLE(at) + many, at);
  writeSync(COUNTER, counts, 0, counts.length, 0);
}

/**
 * Counts the Sync and Query messages of one connection, each of which ends one transaction or one part of a longer one.
 * A message is a type byte, a length of four bytes that includes itself, and a body; the first message of a connection
 * has no type byte.
 */
function messageCounter(found: (many: number) => void): (bytes: Buffer) => void {
  let isStartup = true;
  let held: Buffer = Buffer.alloc(0);
  return (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    let at = 0;
    let many = 0;
    for (;;) {
      const lengthAt = isStartup ? at : at + 1;
      if (held.length < lengthAt + 4) break;
      const endAt = lengthAt + held.readInt32BE(lengthAt);
      if (held.length < endAt) break;
      if (!isStartup && (held[at] === SYNC || held[at] === QUERY)) many += 1;
      isStartup = false;
      at = endAt;
    }
    held = held.subarray(at);
    if (many > 0) found(many);
  };
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
