import type { Socket } from "node:net";
import type { Connections } from "./connections.ts";

/** A stopping server closes all connections 0.5 s after this delay. */
const LAST_ANSWERS_MS = 4_500;

/** During shutdown, refuses the requests that were not answered in time, before their connections are closed. */
export function refuseUnanswered(connections: Connections, refuse: (socket: Socket) => void): void {
  const timer = setTimeout(() => {
    for (const { socket, running } of connections.busy()) if (!running?.headersSent) refuse(socket);
  }, LAST_ANSWERS_MS);
  timer.unref();
}
