// One keep-alive connection that asks one thing at a time. It reads below Node's streams (`onread`), into one buffer:
// the load shares two cores with what it measures, and must leave nearly all of them to it.
import { connect, type Socket } from "node:net";
import { answerReader, type Answer } from "./http-answer.ts";

export interface Connection {
  /** Sends a request's text and waits for its answer. @throws when the server hangs up, says nothing for a minute, or speaks no HTTP */
  ask(text: string): Promise<Answer>;
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
    const asked = waiting;
    waiting = null;
    asked?.reject(error);
  };

  const succeed = (from: Socket, answer: Answer) => {
    if (answer.closes) {
      socket = null;
      from.destroy();
    }
    const asked = waiting;
    waiting = null;
    asked?.resolve(answer);
  };

  const open = (): Socket => {
    const reader = answerReader();
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    const take = (read: () => Answer | null) => {
      try {
        const answer = read();
        if (answer && !waiting) throw new Error("The server answered without being asked.");
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
      fail(opened, new Error("The server hung up before it had answered."));
    };
    opened
      .on("error", (error) => fail(opened, error))
      .on("end", hungUp)
      .on("close", hungUp)
      .setTimeout(MAX_SILENCE_MS, () => fail(opened, new Error("The server did not answer in a minute.")));
    return opened;
  };

  return {
    ask: (text) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        // Between bursts a server may have ended a connection that nobody used.
        socket ??= open();
        socket.write(text);
      }),
    close: () => {
      if (socket) fail(socket, new Error("The load was closed before it was answered."));
    },
  };
}
