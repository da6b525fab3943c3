const cleanUps = new Set<() => Promise<unknown>>();

/** Registers a clean-up that runs before the process exits on SIGINT or SIGTERM. @returns a function that removes it */
export function whenInterrupted(cleanUp: () => Promise<unknown>): () => void {
  if (cleanUps.size === 0) process.once("SIGINT", end).once("SIGTERM", end);
  cleanUps.add(cleanUp);
  return () => {
    cleanUps.delete(cleanUp);
    if (cleanUps.size === 0) process.off("SIGINT", end).off("SIGTERM", end);
  };
}

/** Exits after all clean-ups have finished, so that no database keeps running. */
function end(): void {
  void Promise.allSettled([...cleanUps].map((cleanUp) => cleanUp())).then(() => process.exit(130));
}
