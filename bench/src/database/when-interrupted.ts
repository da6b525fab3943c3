const cleanUps = new Set<() => Promise<unknown>>();
let isEnding = false;

/** Registers a clean-up that runs before the process exits on SIGINT or SIGTERM. @returns a function that removes it */
export function whenInterrupted(cleanUp: () => Promise<unknown>): () => void {
  if (cleanUps.size === 0) process.on("SIGINT", end).on("SIGTERM", end);
  cleanUps.add(cleanUp);
  return () => {
    cleanUps.delete(cleanUp);
    if (cleanUps.size === 0 && !isEnding) process.off("SIGINT", end).off("SIGTERM", end);
  };
}

/** Exits after all clean-ups have finished, so that no database keeps running. A second signal changes nothing. */
function end(): void {
  if (isEnding) return;
  isEnding = true;
  void Promise.allSettled([...cleanUps].map((cleanUp) => cleanUp())).then(() => process.exit(130));
}
