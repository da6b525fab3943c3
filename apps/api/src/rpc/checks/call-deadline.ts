import { Failure } from "../failures/failure.ts";

/** The deadline of a call. Each single wait has a shorter timeout, but a call may wait several times. */
const MAX_CALL_MS = 9_500;

/** The call exceeded its deadline. Its change may still be committed. */
export class CallTookTooLong extends Error {
  override readonly name = "CallTookTooLong";
  /** The name of the cause in the log. */
  readonly refusal = "call_deadline";
}

/**
 * Settles with the work, or rejects when the deadline of a call passes first or the stopping server gives up the call.
 * @throws Failure server.busy
 */
export function withinDeadline<T>(work: Promise<T>, lastAnswers?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(Failure.because("server.busy", "stopping", {}, { retryAfterSeconds: 2 }));
    if (lastAnswers?.aborted) stop();
    lastAnswers?.addEventListener("abort", stop);
    const timer = setTimeout(() => {
      const cause = new CallTookTooLong(`The call took more than ${MAX_CALL_MS} ms.`);
      reject(Failure.because("server.busy", "deadline", {}, { retryAfterSeconds: 1, cause }));
    }, MAX_CALL_MS);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      lastAnswers?.removeEventListener("abort", stop);
    });
  });
}
