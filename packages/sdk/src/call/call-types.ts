// The types of a call, which the part that is loaded later also uses.
import type { Clock } from "../clock.ts";
import type { CallOptions, Connection } from "../options.ts";
import type { RawResponse } from "./raw-response.ts";

export interface Call {
  readonly operation: string;
  readonly kind: "query" | "mutation";
  readonly options: CallOptions;
  /**
   * The number of retries of a session's refresh, whose repetition has no further effect also without a key. Other calls use
   * `maxRetries`.
   */
  readonly retries?: number;
  /** Receives the response when the call succeeds. */
  readonly onSuccess?: ((response: RawResponse) => void) | undefined;
  /** Sends the requests of the call, within its deadline. */
  readonly send: (sender: Sender) => Promise<unknown>;
}

/** Sends requests within the deadline of a call. */
export interface Sender {
  /** Sends the request, and retries it after a temporary failure. */
  readonly send: (input: unknown, token?: string) => Promise<unknown>;
  /** Waits for the work, but no longer than the call's deadline. */
  readonly within: <T>(work: Promise<T>) => Promise<T>;
}

export type OpenCall = (client: Connection, clock: Clock, call: Call) => Promise<unknown>;
