// For errors that nothing caught. The server's own code catches what it throws, so each of these is a bug, and nobody knows
// what state it left: the process says what happened, finishes what it can, and ends. Whoever runs it starts it again.
import type { Log } from "./runtime/log.ts";

export interface UncaughtErrors {
  /** Fulfils with the first error that nothing caught, and never rejects. */
  readonly failed: Promise<Error>;
}

/** So many are logged: one that is thrown again and again while the process ends must not fill the disk. */
const MAX_LOGGED = 10;

/** From here on an error that nothing caught does not end the process by itself: the caller is to end it in order. */
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

/** Also when the log itself is what is broken: an error thrown here would end the process at once. */
function logFatal(log: Log, err: unknown, message: string): void {
  try {
    log.fatal({ err }, message);
  } catch {
    process.stderr.write(`${message}: ${err instanceof Error ? err.stack : String(err)}\n`);
  }
}
