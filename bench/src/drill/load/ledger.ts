// The record of every change that a client requested, and of its answer.

/**
 * `acknowledged`: the call returned. `refused`: the call failed, and the error says that it had no effect. `unknown`: the error says
 * that the call may have been carried out. Unknown changes are repeated with their idempotency key until they are acknowledged.
 */
export type Outcome = "acknowledged" | "refused" | "unknown";

export interface TaskRecord {
  readonly kind: "task";
  readonly title: string;
  readonly workspaceId: string;
  id: string | null;
  create: Outcome;
  /** Set when the client requested the status `done`. */
  finish: Outcome | null;
  delete: Outcome | null;
}

export interface InviteRecord {
  readonly kind: "invite";
  readonly email: string;
  readonly workspaceId: string;
  create: Outcome;
  /** Whether the client has asked to revoke the invite. Its mail may then never be sent. */
  isRevoked: boolean;
}

export interface Ledger {
  readonly tasks: TaskRecord[];
  readonly invites: InviteRecord[];
  /** Acknowledged tasks that a later call did not find, and other answers that cannot be true. */
  readonly contradictions: string[];
  /** Repeats each change with an unknown outcome. */
  readonly unsettled: (() => Promise<void>)[];
}

export const emptyLedger = (): Ledger => ({ tasks: [], invites: [], contradictions: [], unsettled: [] });
