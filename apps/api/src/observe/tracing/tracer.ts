// Traces of requests: a span for the request, below it a span for each called operation, and below that a span for each
// message to the database.

/** Ends a span. Anything but undefined marks it as failed; a text is recorded as the reason. */
export type EndSpan = (problem?: unknown) => void;

export interface RequestSpan {
  readonly traceId: string;
  callStarted(operation: string): EndSpan;
  /** @param name the name of a prepared statement */
  messageSent(name: string): EndSpan;
  end(status: number): void;
}

export interface TracedRequest {
  readonly method: string;
  /** The header with which the caller's trace continues here. */
  readonly traceparent: string | undefined;
  readonly requestId: string;
}

export interface Tracer {
  /** @returns null when the request is not sampled */
  begin(request: TracedRequest): RequestSpan | null;
  /** Sends the remaining spans. */
  stop(): Promise<void>;
}
