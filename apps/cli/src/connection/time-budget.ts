// The time that a command may wait for the server: --timeout, or PROJO_TIMEOUT.
import { CliError, usageError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { mayBeDone } from "./may-be-done.ts";

export interface TimeoutOptions {
  /** In seconds. */
  timeout?: string;
}

export interface Timeout {
  ms: number;
  /** The option or the variable with its value, for errors. */
  source: string;
}

const MAX_SECONDS = 86_400;

/** @throws CliError when it is not a number of seconds */
export function parseTimeout({ env }: Pick<Io, "env">, { timeout }: TimeoutOptions): Timeout | undefined {
  const source = timeout === undefined ? "PROJO_TIMEOUT" : "--timeout";
  const text = timeout ?? env["PROJO_TIMEOUT"];
  if (text === undefined || (text === "" && timeout === undefined)) return undefined;
  const ms = parseSeconds(text, source) * 1000;
  return { ms, source: `${source}${timeout === undefined ? "=" : " "}${text}` };
}

/** @throws CliError that names the source when the text is not a number of seconds, or is too small or too large */
export function parseSeconds(text: string, source: string): number {
  const seconds = /^\d{1,5}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds >= 0.1 && seconds <= MAX_SECONDS) return seconds;
  throw usageError(`${source}: "${text}" is not a time. Use 0.1 to ${MAX_SECONDS} seconds, such as 60.`);
}

export interface TimeBudget {
  /** Aborts when the time is used up. */
  readonly signal: AbortSignal;
  /**
   * Runs the work. Time counts once while several requests wait. @param change the operation, if the request changes data
   * @throws CliError when the time is used up
   */
  within: <T>(change: string | undefined, work: () => Promise<T>) => Promise<T>;
}

export function createTimeBudget(timeout: Timeout): TimeBudget {
  const control = new AbortController();
  const { signal } = control;
  let restMs = timeout.ms;
  let open = 0;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    open += 1;
    if (open > 1) return;
    startedAt = performance.now();
    timer = setTimeout(() => control.abort(), restMs);
  };
  const stop = () => {
    open -= 1;
    if (open > 0) return;
    clearTimeout(timer);
    restMs = Math.max(0, restMs - (performance.now() - startedAt));
  };
  return {
    signal,
    async within(change, work) {
      start();
      try {
        return await work();
      } catch (error) {
        throw signal.aborted ? timeoutError(timeout, change) : error;
      } finally {
        stop();
      }
    },
  };
}

function timeoutError({ source }: Timeout, change: string | undefined): CliError {
  const message = `The server took longer than ${source} allows.`;
  const next =
    change === undefined ? "Run the command again, or allow more time." : mayBeDone({ operation: change });
  return new CliError("cli.timeout", `${message} ${next}`, {
    details: { mayHaveBeenCarriedOut: change !== undefined },
  });
}
