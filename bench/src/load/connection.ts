// A keep-alive connection with one request at a time. It reads into one buffer with `onread`, without Node's streams, because the
// load shares the cores with the measured servers and must use little of them.
import { connect, type Socket } from "node:net";
import { answerReader, type Answer } from "./http-answer.ts";

export interface Connection {
  /** Sends a request and waits for the response. @throws Error if the connection closes, after a minute, or if it is not HTTP */
  send(text: string): Promise<Answer>;
  close(): void;
}

const MAX_SILENCE_MS = 60_000;
const BUFFER_BYTES = 64 * 1024;

export function openConnection({ host, port }: { host: string; port: number }): Connection {
  let socket: Socket | null = null;
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  const fail = (from: Socket, error: Error) => {
    if (socket === from) socket = null;
    from.destroy();
    const pending = waiting;
    waiting = null;
    pending?.reject(error);
  };

  const succeed = (from: Socket, answer: Answer) => {
    if (answer.closes) {
      socket = null;
      from.destroy();
    }
    const pending = waiting;
    waiting = null;
    pending?.resolve(answer);
  };

  const open = (): Socket => {
    const reader = answerReader();
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    const take = (read: () => Answer | null) => {
      try {
        const answer = read();
        if (answer && !waiting) throw new Error("The server sent a response without a request.");
        if (answer) succeed(opened, answer);
      } catch (error) {
        fail(opened, error instanceof Error ? error : new Error(String(error)));
      }
    };
    const callback = (many: number) => {
      if (socket === opened) take(() => reader.push(buffer.subarray(0, many)));
      return true;
    };
    const opened = connect({ host, port, noDelay: true, onread: { buffer, callback } });
    const hungUp = () => {
      if (socket !== opened) return;
      take(() => reader.end());
      fail(opened, new Error("The server closed the connection before its response was complete."));
    };
    opened
      .on("error", (error) => fail(opened, error))
      .on("end", hungUp)
      .on("close", hungUp)
      .setTimeout(MAX_SILENCE_MS, () =>
        fail(opened, new Error("The server did not respond within a minute.")),
      );
    return opened;
  };

  return {
    send: (text) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        // Opens a new connection if the server closed an idle one between bursts.
        socket ??= open();
        socket.write(text);
      }),
    close: () => {
      if (socket) fail(socket, new Error("The connection was closed before the response arrived."));
    },
  };
}
