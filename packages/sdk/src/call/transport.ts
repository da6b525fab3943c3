// Makes one call: within its deadline, with the key and the trace context of all its requests, and with an error that says
// whether the server may have carried it out.
import { ProjoTimeoutError } from "../errors.ts";
import { withCallOptions } from "../options.ts";
import type { AbortSignalLike } from "../platform.ts";
import { sessionOf } from "../session/session.ts";
import type { Progress } from "./attempt-types.ts";
import { sendUntilDone } from "./attempts.ts";
import type { OpenCall } from "./call-types.ts";
import { startDeadline } from "./deadline.ts";
import { loadRecovery, loadSoon, needRecovery } from "./load-recovery.ts";
import { buildRequest, idempotencyKeyOf } from "./request.ts";

/** The time that a call which has failed, maybe by its timeout, waits for the explanation. */
const LATE_LOAD_LIMIT_MS = 1000;

/** @throws ProjoError, the reason of the caller's signal, or TypeError for an invalid argument */
export const openCall: OpenCall = async (client, clock, call) => {
  loadSoon();
  const connection = withCallOptions(client, call.options);
  const { operation, kind, options, retries, onSuccess } = call;
  const { signal } = options;
  if (signal?.aborted) throw abortReason(signal);

  const isRepeatable = kind === "query" || retries !== undefined;
  const idempotencyKey = kind === "query" ? undefined : idempotencyKeyOf(options, clock);
  const progress: Progress = { attempts: 0, isQueued: false, mayBeDone: false };
  const deadline = startDeadline(connection.timeoutMs, clock, signal);
  try {
    return await call.send({
      within: (work) => deadline.within(work),
      send: async (input, token) => {
        const extras = [connection, options].flatMap((given) => [given.headers, given.traceparent]);
        const isPlain = extras.every((extra) => extra === undefined);
        const recovery = isPlain ? undefined : await deadline.within(needRecovery(operation));
        const headers = await deadline.within(recovery?.extraHeaders(connection, options));
        const userAgent = await deadline.within(connection.userAgent());
        const fields = { operation, kind, input, headers, token, idempotencyKey, userAgent };
        return await sendUntilDone({
          connection,
          clock,
          deadline,
          progress,
          operation,
          input,
          request: buildRequest(connection, fields),
          isRepeatable,
          maxRetries: retries ?? connection.maxRetries,
          isUrgent: retries !== undefined,
          onSuccess,
        });
      },
    });
  } catch (reason) {
    if (signal?.aborted) throw abortReason(signal);
    const mayBeDone = !isRepeatable && progress.mayBeDone;
    const isOver = deadline.isOver();
    const { isQueued } = progress;
    const pendingMethod = sessionOf(connection.tokens).pendingMethod();
    const failed = {
      reason,
      connection,
      operation,
      isOver,
      isQueued,
      mayBeDone,
      idempotencyKey,
      pendingMethod,
    };
    const recovery = await loadRecovery(LATE_LOAD_LIMIT_MS);
    if (recovery) throw recovery.callFailure(failed);
    if (!isOver) throw reason;
    const message = `${operation} took longer than ${connection.timeoutMs} ms.`;
    throw new ProjoTimeoutError(message, { operation, code: "TIMEOUT", mayHaveBeenCarriedOut: mayBeDone });
  } finally {
    deadline.release();
  }
};

/** Returns the reason of the signal, which old runtimes do not have. */
function abortReason({ reason }: AbortSignalLike): unknown {
  return reason ?? Object.assign(new Error("The call was aborted."), { name: "AbortError" });
}
