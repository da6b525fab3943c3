// The types of the attempts of a call, which the part that is loaded later also uses.
import type { Clock } from "../clock.ts";
import type { Connection } from "../options.ts";
import type { Deadline } from "./deadline.ts";
import type { RequestEvent } from "./hooks.ts";
import type { RawResponse } from "./raw-response.ts";
import type { Request } from "./request.ts";

/** The known facts about the requests of a call. */
export interface Progress {
  /** The number of requests. */
  attempts: number;
  /** True while the call waits for one of `maxConcurrency` places. */
  isQueued: boolean;
  /** True while a request is under way, or after one that the server may have carried out. */
  mayBeDone: boolean;
}

export interface Attempts {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly progress: Progress;
  readonly operation: string;
  readonly input: unknown;
  readonly request: Request;
  /** True for a query, and for a mutation whose repetition has no further effect. */
  readonly isRepeatable: boolean;
  readonly maxRetries: number;
  /** True for the refresh of a session. Other calls wait for it, so it does not wait for a place. */
  readonly isUrgent: boolean;
  readonly onSuccess: ((response: RawResponse) => void) | undefined;
}

export interface Failure {
  readonly event: RequestEvent;
  readonly error: unknown;
  readonly raw: RawResponse | undefined;
}

export type SendOnce = (attempts: Attempts) => Promise<{ readonly data: unknown } | Failure>;
