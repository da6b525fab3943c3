// The server's own events, apart from its requests: none of them ends the process.
import type { Server } from "node:http";
import type { Log } from "../../runtime/log.ts";
import { throttleLog } from "./throttle-log.ts";

/** Node raises `error` when a connection cannot be accepted, as when no file descriptor is left. */
export function handleServerErrors(server: Server, log: Log): void {
  const logError = throttleLog<{ err: Error }>((facts) =>
    log.error(facts, "a connection could not be accepted"),
  );
  // Before it listens, an error is the reason why the server does not start.
  server.once("listening", () => server.on("error", (err) => logError({ err })));
}
