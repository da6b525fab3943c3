// The functions of the options that observe the requests of a client. Their events contain neither tokens nor inputs.
import type { ProjoError } from "../errors.ts";

/** A request is about to be sent. */
export interface RequestEvent {
  /** The name of the operation: `tasks.create`. */
  readonly operation: string;
  /** The number of the request within its call, from 1. */
  readonly attempt: number;
  /** The URL without the input of a query. */
  readonly url: string;
}

/** A request has ended: with a response, or without one. */
export interface ResponseEvent extends RequestEvent {
  /** The HTTP status. Undefined without a response. */
  readonly status: number | undefined;
  /** The id of the request in the server's log. */
  readonly requestId: string | undefined;
  /** The time from the request to the end of the response, in milliseconds. */
  readonly durationMs: number;
  /** Why the request failed. Undefined after a success, and when the call was aborted or timed out. */
  readonly error: ProjoError | undefined;
  /** True when the server may have carried out a mutation whose answer is missing, also after an abort. */
  readonly mayHaveBeenCarriedOut: boolean;
}

/** A request has failed, and the client repeats it after a delay. */
export interface RetryEvent extends RequestEvent {
  /** The time until the next request, in milliseconds. */
  readonly delayMs: number;
  /** Why the request failed. */
  readonly error: ProjoError;
}

/** Functions that observe the requests of a client. Their results are ignored. The first error of each is printed. */
export interface Hooks {
  /** Called before each request, including those that refresh the session. */
  onRequest?: ((event: RequestEvent) => unknown) | undefined;
  /** Called after each request, also when it got no response. */
  onResponse?: ((event: ResponseEvent) => unknown) | undefined;
  /** Called before the delay of each retry. */
  onRetry?: ((event: RetryEvent) => unknown) | undefined;
  /** True prints one line for each event to stderr or the console of the browser. A function gets these lines instead. */
  debug?: boolean | ((line: string) => unknown) | undefined;
}

/** Returns the hooks of the options, or undefined when there is none. */
export function hooksOf(options: Hooks): Hooks | undefined {
  return Object.entries(options).some(([name, hook]) => hook && /^on|^debug/.test(name))
    ? { ...options }
    : undefined;
}
