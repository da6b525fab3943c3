import { CallbackError } from "./given.ts";

/** Runs the work inside the lock of a token store. A failure of the work is not a failure of the lock. */
export async function runLocked<T>(
  work: () => Promise<T>,
  lock: (run: () => Promise<void>) => Promise<unknown>,
): Promise<T> {
  let outcome: Promise<T> | undefined;
  let isOver = false;
  const run = async () => {
    // The call that waited for the lock has failed by then.
    if (isOver) return;
    outcome = work();
    await outcome.catch(() => undefined);
  };
  try {
    await lock(run);
  } finally {
    isOver = true;
  }
  if (outcome) return await outcome;
  throw new CallbackError(
    "The function tokens.lock of the client's options returned before its argument had ended.",
  );
}
