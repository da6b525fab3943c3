// The signals that stop the server.
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Resolves at the first signal. A second one, also of another kind, then ends the process at once, because no listener is
 * left.
 */
export function waitForStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      for (const one of STOP_SIGNALS) process.removeListener(one, stop);
      resolve(signal);
    };
    for (const one of STOP_SIGNALS) process.on(one, stop);
  });
}
