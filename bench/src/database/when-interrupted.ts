const cleanUps = new Set<() => Promise<unknown>>();

/** Has this done before the process ends, if someone interrupts it. @returns what takes it back */
export function whenInterrupted(cleanUp: () => Promise<unknown>): () => void {
  if (cleanUps.size === 0) process.once("SIGINT", end).once("SIGTERM", end);
  cleanUps.add(cleanUp);
  return () => {
    cleanUps.delete(cleanUp);
    if (cleanUps.size === 0) process.off("SIGINT", end).off("SIGTERM", end);
  };
}

/** Only when all is cleaned up: a second database is not left running because the first was stopped sooner. */
function end(): void {
  void Promise.allSettled([...cleanUps].map((cleanUp) => cleanUp())).then(() => process.exit(130));
}
