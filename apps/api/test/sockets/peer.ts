// A peer that writes what it likes, and reads only when it wants to.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface Peer {
  readonly socket: Socket;
  /** The bytes that were read so far. */
  received(): string;
  isClosed(): boolean;
  /** Waits until so many answers have come, or the connection has closed. */
  answers(many: number): Promise<string[]>;
  /** Waits until the other end has closed the connection. @returns after how many milliseconds */
  closed(longestMs?: number): Promise<number>;
}

export interface PeerOptions {
  readonly from?: string;
  readonly reads?: boolean;
}

export async function openPeer(url: string, { from, reads = true }: PeerOptions = {}): Promise<Peer> {
  const { hostname, port } = new URL(url);
  const localAddress = from === undefined ? {} : { localAddress: from };
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, ...localAddress });
  const startedAt = performance.now();
  let received = "";
  let closedAfterMs: number | null = null;
  const ended = () => {
    closedAfterMs ??= performance.now() - startedAt;
    socket.destroy();
  };
  socket.on("error", ended).on("end", ended).on("close", ended);
  if (reads) socket.setEncoding("utf8").on("data", (text: string) => (received += text));
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  const until = async (isDone: () => boolean, longestMs: number) => {
    for (const late = performance.now() + longestMs; !isDone();) {
      if (performance.now() > late) throw new Error(`Not within ${longestMs} ms. Received: ${received}`);
      // A peer that does not read learns by writing that the other end has gone. Empty lines are no requests.
      if (!reads && socket.writable) socket.write("\r\n");
      await delay(20);
    }
  };
  const split = () => received.split(/(?=HTTP\/1\.1 )/).filter((text) => text !== "");
  return {
    socket,
    received: () => received,
    isClosed: () => closedAfterMs !== null,
    answers: async (many) => {
      await until(() => split().length >= many || closedAfterMs !== null, 15_000);
      return split();
    },
    closed: async (longestMs = 15_000) => {
      await until(() => closedAfterMs !== null, longestMs);
      return closedAfterMs ?? 0;
    },
  };
}

type Headers = Readonly<Record<string, string>>;

export const getText = (path: string, headers: Headers = {}): string =>
  [`GET ${path} HTTP/1.1`, "host: test", ...linesOf(headers), "", ""].join("\r\n");

export function postText(path: string, input: object, headers: Headers = {}): string {
  const body = JSON.stringify(input);
  const more = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return [`POST ${path} HTTP/1.1`, "host: test", ...linesOf({ ...more, ...headers }), "", body].join("\r\n");
}

const linesOf = (headers: Headers): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

/** The status of an answer as text. */
export const statusOf = (answer: string | undefined): number => Number(answer?.slice(9, 12));
