// Sends a request until it has a final answer. All attempts of a mutation have the same idempotency key, so the server carries
// it out once.
import { ProjoError } from "../errors.ts";
import type { Attempts, SendOnce } from "./attempt-types.ts";
import { exchange } from "./exchange.ts";
import { loadRecovery } from "./load-recovery.ts";
import type { RawResponse } from "./raw-response.ts";
import { readResponse } from "./response.ts";

export async function sendUntilDone(attempts: Attempts): Promise<unknown> {
  const sent = await sendOnce(attempts);
  if ("data" in sent) return sent.data;
  const recovery = await attempts.deadline.within(loadRecovery());
  if (recovery) return await recovery.sendAgain(attempts, sent, sendOnce);
  throw sent.error;
}

const sendOnce: SendOnce = async (attempts) => {
  const { connection, clock, deadline, progress, operation, request, isRepeatable } = attempts;
  const { hooks } = connection;
  const recovery = hooks && (await deadline.within(loadRecovery()));
  progress.isQueued = true;
  const leave = attempts.isUrgent ? undefined : await connection.places.enter(deadline);
  progress.isQueued = false;
  const event = {
    operation,
    attempt: (progress.attempts += 1),
    // Without the input of a query.
    url: request.url.replace(/\?.*/, ""),
  };
  const end = hooks && recovery?.observe(hooks, event, clock);
  const wasDone = progress.mayBeDone;
  progress.mayBeDone = true;
  let raw: RawResponse | undefined;
  let error: unknown;
  try {
    raw = await exchange(connection, deadline, attempts);
    const { baseUrl } = connection;
    const context = { operation, baseUrl, isRepeatable, now: clock.now() };
    const data = await deadline.within(readResponse(raw, context));
    attempts.onSuccess?.(raw);
    return { data };
  } catch (reason) {
    error = reason;
    if (reason instanceof ProjoError) progress.mayBeDone = wasDone || reason.mayHaveBeenCarriedOut;
    return { event, error, raw };
  } finally {
    leave?.();
    end?.({
      ...raw,
      error,
      mayHaveBeenCarriedOut: error !== undefined && !isRepeatable && progress.mayBeDone,
    });
  }
};
