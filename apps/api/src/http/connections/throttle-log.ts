const EVERY_MS = 1_000;

/**
 * Logs at most once a second, because peers cause these events and could fill the log.
 * @param log receives the facts and the number of events that were left out since the last line
 */
export function throttleLog<F extends object>(
  log: (facts: F & { readonly leftOut: number }) => void,
): (facts: F) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (facts) => {
    if (performance.now() - loggedAt < EVERY_MS) {
      leftOut += 1;
      return;
    }
    loggedAt = performance.now();
    log({ ...facts, leftOut });
    leftOut = 0;
  };
}
