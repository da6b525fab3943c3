const EVERY_MS = 1_000;

/**
 * Passes facts on at most once a second: peers cause them, and could fill the log.
 * @param log is given the facts, and how many were left out since the last ones
 */
export function throttleLog<F extends object>(
  log: (facts: F & { readonly leftOut: number }) => void,
): (facts: F) => void {
  let at = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (facts) => {
    if (performance.now() - at < EVERY_MS) {
      leftOut += 1;
      return;
    }
    at = performance.now();
    log({ ...facts, leftOut });
    leftOut = 0;
  };
}
