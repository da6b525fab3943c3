import type { Socket } from "node:net";
import type { Connections } from "./connections.ts";

/** A stopping server closes all connections half a second after this. */
const LAST_ANSWERS_MS = 4_500;

/** While the server stops: answers the requests that were not answered in time, before their connections are closed. */
export function refuseUnanswered(connections: Connections, answer: (socket: Socket) => void): void {
  const late = setTimeout(() => {
    for (const { socket, running } of connections.busy()) if (!running?.headersSent) answer(socket);
  }, LAST_ANSWERS_MS);
  late.unref();
}
