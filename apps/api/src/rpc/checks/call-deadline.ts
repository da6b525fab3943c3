import { Failure } from "../failure.ts";

/** The longest that a call waits for its answer. What it waits for has shorter bounds of its own, but may be several things. */
const MAX_CALL_MS = 9_500;

/** The call was refused because its answer took too long. What it does may still be done. */
export class CallTookTooLong extends Error {
  override readonly name = "CallTookTooLong";
  /** What the log says. */
  readonly refusal = "call_deadline";
}

/** The work's outcome, or the refusal of a call that has lasted too long. @throws Failure server.busy */
export function withinDeadline<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      const cause = new CallTookTooLong(`The call took more than ${MAX_CALL_MS} ms.`);
      reject(new Failure("server.busy", { retryAfterSeconds: 1, cause }));
    }, MAX_CALL_MS);
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
