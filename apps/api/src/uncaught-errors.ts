// Handles uncaught errors. The server's code catches the errors that it throws, so an uncaught error is a bug and leaves
// the process in an unknown state. The process logs the error, finishes the running requests if possible, and exits. A
// process manager should restart it.
import type { Log } from "./runtime/log.ts";

export interface UncaughtErrors {
  /** Resolves with the first uncaught error. Never rejects. */
  readonly failed: Promise<Error>;
}

/** The most errors that are logged, so that an error that repeats while the process stops cannot fill the disk. */
const MAX_LOGGED = 10;

/** Handles uncaught errors from now on. They no longer end the process; the caller must stop it. */
export function handleUncaughtErrors(log: Log): UncaughtErrors {
  let seen = 0;
  const failed = new Promise<Error>((resolve) => {
    const take = (thrown: unknown, origin: "an error" | "a rejected promise"): void => {
      seen += 1;
      resolve(thrown instanceof Error ? thrown : new Error(String(thrown)));
      if (seen <= MAX_LOGGED) logFatal(log, thrown, `${origin} that nothing caught: the server stops`);
    };
    process.on("uncaughtException", (error) => take(error, "an error"));
    process.on("unhandledRejection", (reason) => take(reason, "a rejected promise"));
  });
  return { failed };
}

/** Logs the error, or writes it to stderr when the log fails. An error thrown here would end the process immediately. */
function logFatal(log: Log, err: unknown, message: string): void {
  try {
    log.fatal({ err }, message);
  } catch {
    process.stderr.write(`${message}: ${err instanceof Error ? err.stack : String(err)}\n`);
  }
}
