// The facts about a request, for its line in the log and for its trace.
import type { MessageObserver } from "@projostack/db";
import type { EndSpan, RequestSpan } from "./tracing/tracer.ts";

/** The account or the service key that a request acts for, by its id. */
export type Actor = { readonly userId: string } | { readonly keyId: string };

export class RequestRecord implements MessageObserver {
  /** Null when the request was not authenticated. */
  actor: Actor | null = null;
  /** The workspace in which a call was authorized. */
  workspaceId: string | null = null;
  /** The called operations, separated by commas. Null when the request called none. */
  operation: string | null = null;
  /** The reasons of the refused calls, separated by commas. */
  reason: string | null = null;
  /** The number of round trips to the database for which the request waited. */
  trips = 0;
  /** Null when the request is not traced. */
  readonly span: RequestSpan | null;

  constructor(span: RequestSpan | null = null) {
    this.span = span;
  }

  /** @returns ends the span of the call; undefined without a trace */
  callStarted(operation: string): EndSpan | undefined {
    this.operation = this.operation === null ? operation : `${this.operation},${operation}`;
    return this.span?.callStarted(operation);
  }

  callRefused(reason: string): void {
    this.reason = this.reason === null ? reason : `${this.reason},${reason}`;
  }

  messageSent(name: string): EndSpan | undefined {
    this.trips += 1;
    return this.span?.messageSent(name);
  }
}
