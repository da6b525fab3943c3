// The events that the metrics count. The server creates one observer at its start and hands it to the places where the events
// happen. No event carries an id, an address, a path or a text of a caller.
import type { Reason } from "@projostack/contract";
import type { ConnectionObserver, MailBacklog } from "@projostack/db";

/** What became of an attempt to send a mail. `retried`: it is sent again later. */
export type MailResult = "sent" | "retried" | "dead";

export interface Observer extends ConnectionObserver {
  /**
   * A call of an operation has ended.
   * @param operation the name of a declared operation
   * @param reason null when the call succeeded
   */
  callEnded(operation: string, reason: Reason | null, milliseconds: number): void;
  /** A request was answered, with or without a call. */
  requestAnswered(status: number): void;
  /** A call, or a check of readiness, was refused with 503. */
  refusedUnavailable(cause: string): void;
  /** An operation with rate limits was attempted. */
  limitDecided(operation: string, isRefused: boolean): void;
  /** A budget refused a call, or too many calls of its payer ran. */
  budgetRefused(scope: "account" | "workspace"): void;
  securityEvent(event: string): void;
  mailAttempted(result: MailResult): void;
  mailCounted(backlog: MailBacklog): void;
  /** The database stopped answering, or answers again. */
  databaseOutage(isUnreachable: boolean): void;
}

const nothing = () => {};

/** Used when metrics are off. */
export const silentObserver: Observer = {
  callEnded: nothing,
  requestAnswered: nothing,
  refusedUnavailable: nothing,
  limitDecided: nothing,
  budgetRefused: nothing,
  securityEvent: nothing,
  mailAttempted: nothing,
  mailCounted: nothing,
  databaseOutage: nothing,
  messageAnswered: nothing,
  readResent: nothing,
  replicaRead: nothing,
  auditAppended: nothing,
};
