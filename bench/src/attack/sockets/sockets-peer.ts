// Peers that keep to no rule of HTTP: connections on which an attack writes what it likes, and reads only when it wants to.
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface Peer {
  readonly socket: Socket;
  /** Milliseconds from the connection's opening to its end; null while it is open. */
  closedAfterMs(): number | null;
  /** The beginning of what was read so far. */
  received(): string;
}

export interface PeerOptions {
  readonly url: string;
  /** The address to connect from. */
  readonly from?: string;
  /** False for a peer that never reads. */
  readonly reads?: boolean;
}

const KEPT = 4_096;

/** Opens a connection. One that cannot be opened counts as closed. */
export function openPeer({ url, from, reads = true }: PeerOptions): Promise<Peer> {
  const { hostname, port } = new URL(url);
  const startedAt = performance.now();
  let closedAfterMs: number | null = null;
  let received = "";
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    ...(from === undefined ? {} : { localAddress: from }),
  });
  const closed = () => {
    closedAfterMs ??= performance.now() - startedAt;
    socket.destroy();
  };
  socket.on("error", closed).on("end", closed).on("close", closed);
  const keep = (text: string) => {
    received = (received + text).slice(0, KEPT);
  };
  if (reads) socket.setEncoding("latin1").on("data", keep);
  const peer: Peer = { socket, closedAfterMs: () => closedAfterMs, received: () => received };
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(peer));
    socket.once("close", () => resolve(peer));
  });
}

/** A GET request as text. */
export const getText = (path: string, headers: Readonly<Record<string, string>> = {}): string =>
  [`GET ${path} HTTP/1.1`, "host: attack", ...linesOf(headers), "", ""].join("\r\n");

/** A POST request with a JSON body as text. */
export function postText(
  path: string,
  input: object,
  headers: Readonly<Record<string, string>> = {},
): string {
  const body = JSON.stringify(input);
  const more = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return [`POST ${path} HTTP/1.1`, "host: attack", ...linesOf({ ...more, ...headers }), "", body].join(
    "\r\n",
  );
}

const linesOf = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

/** Waits until all peers are closed, or so long. @returns how many are still open */
export async function untilClosed(peers: readonly Peer[], ms: number): Promise<number> {
  const open = () => peers.filter((peer) => peer.closedAfterMs() === null).length;
  for (const until = performance.now() + ms; open() > 0 && performance.now() < until;) await delay(50);
  return open();
}

/** Whether the server answers an ordinary request within two seconds, from the address. */
export async function isServed(url: string, from?: string): Promise<boolean> {
  const peer = await openPeer({ url, ...(from === undefined ? {} : { from }) });
  peer.socket.write(getText("/livez", { connection: "close" }));
  await untilClosed([peer], 2_000);
  peer.socket.destroy();
  return peer.received().startsWith("HTTP/1.1 200 ");
}
