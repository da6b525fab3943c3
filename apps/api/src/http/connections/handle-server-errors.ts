// Handles the error events of the HTTP server, so that none of them ends the process.
import type { Server } from "node:http";
import type { Log } from "../../runtime/log.ts";
import { throttleLog } from "./throttle-log.ts";

/**
 * Logs the errors of the server. Node emits `error` when a connection cannot be accepted, for example without free file
 * descriptors.
 */
export function handleServerErrors(server: Server, log: Log): void {
  const logError = throttleLog<{ err: Error }>((facts) =>
    log.error(facts, "a connection could not be accepted"),
  );
  // An error before `listening` is a start failure, which `app.listen` reports.
  server.once("listening", () => server.on("error", (err) => logError({ err })));
}
