// Raw TCP connections for attacks, which write arbitrary bytes and may never read.
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface Peer {
  readonly socket: Socket;
  /** Milliseconds from the opening of the connection to its end, or null while it is open. */
  closedAfterMs(): number | null;
  /** The first bytes read so far. */
  received(): string;
}

export interface PeerOptions {
  readonly url: string;
  /** The local address to connect from. */
  readonly from?: string;
  /** False for a peer that never reads. */
  readonly reads?: boolean;
}

const KEPT_CHARACTERS = 4_096;

/** Opens a connection. If that fails, the peer counts as closed. */
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
    received = (received + text).slice(0, KEPT_CHARACTERS);
  };
  if (reads) socket.setEncoding("latin1").on("data", keep);
  const peer: Peer = { socket, closedAfterMs: () => closedAfterMs, received: () => received };
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(peer));
    socket.once("close", () => resolve(peer));
  });
}

/** Returns a GET request as text. */
export const getText = (path: string, headers: Readonly<Record<string, string>> = {}): string =>
  [`GET ${path} HTTP/1.1`, "host: attack", ...linesOf(headers), "", ""].join("\r\n");

/** Returns a POST request with a JSON body as text. */
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

/** Waits until all peers are closed, at most `ms`. @returns the number of open connections */
export async function untilClosed(peers: readonly Peer[], ms: number): Promise<number> {
  const open = () => peers.filter((peer) => peer.closedAfterMs() === null).length;
  for (const until = performance.now() + ms; open() > 0 && performance.now() < until;) await delay(50);
  return open();
}

/** Returns whether the server answers a normal request from the address within two seconds. */
export async function isServed(url: string, from?: string): Promise<boolean> {
  const peer = await openPeer({ url, ...(from === undefined ? {} : { from }) });
  peer.socket.write(getText("/livez", { connection: "close" }));
  await untilClosed([peer], 2_000);
  peer.socket.destroy();
  return peer.received().startsWith("HTTP/1.1 200 ");
}
