// A raw TCP client: the test decides what it writes and whether it reads.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface Peer {
  readonly socket: Socket;
  /** Returns the text that was read so far. */
  received(): string;
  isClosed(): boolean;
  /** Waits until `many` answers have arrived or the connection has closed. */
  answers(many: number): Promise<string[]>;
  /** Waits until the server has closed the connection. @returns the lifetime of the connection in milliseconds */
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
      if (performance.now() > late)
        throw new Error(`Nothing happened within ${longestMs} ms. Received: ${received}`);
      // A client that does not read notices only through writes that the server has closed. Empty lines are not requests.
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

/** Reads the HTTP status from the text of an answer. */
export const statusOf = (answer: string | undefined): number => Number(answer?.slice(9, 12));
