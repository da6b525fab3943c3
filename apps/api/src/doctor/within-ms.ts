/** The work did not end in time. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";
}

/** Waits for the work, but no longer than the time limit. @throws TooSlow */
export function withinMs<T>(limitMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new TooSlow(`timeout expired: no answer within ${limitMs / 1_000} seconds`)),
      limitMs,
    );
    void work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
