const actions = new Set<() => void>();

/** Registers a synchronous action for the end of this process. @returns a function that removes it */
export function atExit(action: () => void): () => void {
  if (actions.size === 0) process.once("exit", runAll);
  actions.add(action);
  return () => {
    actions.delete(action);
    if (actions.size === 0) process.off("exit", runAll);
  };
}

/** The latest first: processes end before the directory that they use is removed. */
function runAll(): void {
  for (const action of [...actions].toReversed()) action();
}
