import type { Call } from "./call.ts";
import { asFailure } from "./failures/failure.ts";

/** Runs a call and reports it to the metrics, to the record of its request and to its trace. */
export async function observeCall<T>(call: Call, run: (call: Call) => Promise<T>): Promise<T> {
  const { path, ctx } = call;
  const { record, services } = ctx;
  const endSpan = record.callStarted(path);
  const startedAt = performance.now();
  try {
    const answer = await run(call);
    services.observer.callEnded(path, null, performance.now() - startedAt);
    endSpan?.();
    return answer;
  } catch (error) {
    const { reason } = asFailure(error);
    record.callRefused(reason);
    services.observer.callEnded(path, reason, performance.now() - startedAt);
    endSpan?.(reason);
    throw error;
  }
}
