// The signals that ask the process to end: Ctrl-C, SIGTERM, and SIGHUP when its terminal was closed.

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type StopSignal = keyof typeof exitCodes;

export interface StopSignals {
  /** Calls the listener at the first signal, instead of ending the process. The returned function removes the listener. */
  onStop: (listener: () => void) => () => void;
  /** Ignores Ctrl-C and Ctrl-\, which are for a program that the command has started, until the returned function is called. */
  ignoreInterrupts: () => () => void;
  /** The exit code of a command that ended with `code`. A service manager expects the code of its signal. */
  exitCodeOf: (code: number) => number;
}

const ignore = (): void => {};

/** The time of a command to end in order after the first signal. */
const GRACE_MS = 5_000;

/**
 * Listens for the signals. A command that works has a listener and ends by itself. Otherwise, and at a second signal, `endNow`
 * ends the process.
 */
export function listenForStopSignals(
  process: NodeJS.Process,
  endNow: (exitCode: number, signal: StopSignal) => void,
): StopSignals {
  const listeners = new Set<() => void>();
  let received: StopSignal | undefined;
  let ignoring = 0;
  const stop = (signal: StopSignal) => {
    if (signal === "SIGINT" && ignoring > 0) return;
    const isFirst = received === undefined;
    received ??= signal;
    const end = () => endNow(exitCodes[signal], signal);
    if (!isFirst || listeners.size === 0) {
      end();
      return;
    }
    setTimeout(end, GRACE_MS).unref();
    for (const listener of listeners) listener();
  };
  for (const signal of Object.keys(exitCodes) as StopSignal[]) process.on(signal, () => stop(signal));
  return {
    onStop(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ignoreInterrupts() {
      ignoring += 1;
      // Ctrl-\ reaches both too.
      if (ignoring === 1) process.on("SIGQUIT", ignore);
      return () => {
        ignoring -= 1;
        if (ignoring === 0) process.off("SIGQUIT", ignore);
      };
    },
    exitCodeOf: (code) => (received === undefined || received === "SIGINT" ? code : exitCodes[received]),
  };
}

/**
 * Ends the process by the signal itself if it waits for a file that the system does not open, such as a named pipe without a writer:
 * process.exit would wait for it too. Otherwise, returns.
 */
export async function endIfBlocked(process: NodeJS.Process, signal: StopSignal): Promise<void> {
  const { setTimeout: wait } = await import("node:timers/promises");
  const isBlocked = () => process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));
  for (let waits = 0; isBlocked(); waits += 1) {
    if (waits === MAX_WAITS) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
    await wait(MS_BETWEEN_WAITS);
  }
}

/** Reading a file takes less time. */
const MAX_WAITS = 10;
const MS_BETWEEN_WAITS = 50;
