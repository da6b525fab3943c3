import { isProjoError } from "@projostack/sdk";

/** A budget of calls refills within two minutes. A longer wait belongs to another limit and is reported instead. */
const MAX_WAIT_SECONDS = 120;

interface RepeatOptions {
  readonly signal: AbortSignal;
  /** Called before each wait. */
  readonly onWait: (seconds: number) => void;
}

/** Makes a call, and makes it again after the wait that the server asks for. A call above the limit was not carried out. */
export async function repeatAfterLimit<T>(
  call: () => PromiseLike<T>,
  { signal, onWait }: RepeatOptions,
): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const seconds = secondsToWait(error);
      if (seconds === undefined) throw error;
      onWait(seconds);
      await pause(seconds * 1_000, signal);
    }
  }
}

function secondsToWait(error: unknown): number | undefined {
  if (!isProjoError(error) || error.reason !== "limit.exceeded") return undefined;
  const seconds = Math.max(1, error.retryAfterSeconds ?? 1);
  return seconds <= MAX_WAIT_SECONDS ? seconds : undefined;
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
