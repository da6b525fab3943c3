import type { ResponseHeaders } from "../answer.ts";

/** The parts of an HTTP response that the SDK reads. */
export interface RawResponse {
  readonly status: number;
  readonly isRedirect: boolean;
  readonly headers: ResponseHeaders;
  /** The origin of the proxy through which the response came, if it is known. */
  readonly proxy: string | undefined;
  readonly requestId: string | undefined;
  readonly text: string;
}

/** The call of a response. */
export interface ResponseContext {
  operation: string;
  baseUrl: string;
  /** True for a query, and for a mutation whose repetition has no further effect. */
  isRepeatable: boolean;
  /** Milliseconds since the Unix epoch. */
  now: number;
}

/** The form of every response of the API. */
export interface Envelope {
  readonly result?: { readonly data: unknown };
  readonly error?: {
    readonly message?: string;
    readonly data?: { readonly code?: string; readonly reason?: string };
  };
}
