// Reports each request of a client to the functions of its options.
import type { Clock } from "../../clock.ts";
import type { Hooks, RequestEvent, ResponseEvent, RetryEvent } from "../hooks.ts";
import { platform, ProjoError } from "./given.ts";

interface Events {
  onRequest: RequestEvent;
  onResponse: ResponseEvent;
  onRetry: RetryEvent;
}

/** The facts about the end of a request. */
export interface RequestEnd {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly error?: unknown;
  readonly mayHaveBeenCarriedOut: boolean;
}

/** Reports a request. The returned function reports its end. */
export function observe(hooks: Hooks, event: RequestEvent, clock: Clock): (end: RequestEnd) => void {
  report(hooks, "onRequest", event);
  const startedAt = clock.now();
  return ({ status, requestId, error, mayHaveBeenCarriedOut }) =>
    report(hooks, "onResponse", {
      ...event,
      status,
      requestId,
      durationMs: clock.now() - startedAt,
      error: error instanceof ProjoError ? error : undefined,
      mayHaveBeenCarriedOut,
    });
}

export function reportRetry(hooks: Hooks | undefined, event: RetryEvent): void {
  if (hooks) report(hooks, "onRetry", event);
}

/** Reports an event to the hook of this name. Never throws. */
function report<Name extends keyof Events>(hooks: Hooks, name: Name, event: Events[Name]): void {
  const hook = hooks[name] as ((event: unknown) => unknown) | undefined;
  if (hook) run(hooks, name, () => hook(Object.freeze(event)));
  const { debug } = hooks;
  const print = debug === true ? warn : debug;
  if (print) run(hooks, "debug", () => print(lineOf(event)));
}

/** The names of the functions that have failed. Only the first error of each is printed. */
const failures = new WeakMap<Hooks, Set<string>>();

function run(hooks: Hooks, name: string, act: () => unknown): void {
  const onError = (error: unknown) => {
    const failed = failures.get(hooks) ?? new Set();
    failures.set(hooks, failed);
    if (failed.has(name)) return;
    failed.add(name);
    warn(
      `The function ${name} of the client's options failed: ${String(error)}. The client ignores its errors.`,
    );
  };
  try {
    // An async function reports its failure later. Nobody else would handle it.
    const result = act();
    if (result instanceof Promise) result.catch(onError);
  } catch (error) {
    onError(error);
  }
}

const warn = (line: string) => platform().console?.warn(`projostack-sdk: ${line}`);

function lineOf(
  event: RequestEvent &
    Partial<Omit<ResponseEvent, "error"> & Pick<RetryEvent, "delayMs">> & {
      readonly error?: ProjoError | undefined;
    },
): string {
  const { operation, attempt, url, status, durationMs, requestId, delayMs, error } = event;
  const cause = error ? ` ${error.reason ?? error.code}` : "";
  if (delayMs !== undefined) return `${operation} #${attempt} repeats in ${Math.round(delayMs)} ms:${cause}`;
  if (durationMs === undefined) return `${operation} #${attempt} sends a request to ${url}`;
  const id = requestId === undefined ? "" : `, request id ${requestId}`;
  return `${operation} #${attempt} ends after ${durationMs} ms: ${status ?? "no response"}${cause}${id}`;
}
