// Receivers of events about the messages to PostgreSQL. They get the names of prepared statements and durations, and never
// the text or a value of a statement.

/** Why a read on a shared connection was sent again: on a connection of its own, or on another shared connection. */
export const resendCauses = ["lock_wait", "connection_abandoned", "not_prepared"] as const;
export type ResendCause = (typeof resendCauses)[number];

/** `shared` for the connections that quick reads share, `replica` for every connection to the replica, otherwise `own`. */
export type MessageConnection = "shared" | "own" | "replica";

/**
 * What became of a statement that was sent to the replica. Unless it was `answered`, the primary answered it:
 * - `behind`: the replica had not replayed what the read needs within its time limit
 * - `busy`: the replica had no connection or memory left
 * - `canceled`: the statement took too long, or conflicted with the replay of a change
 * - `failed`: every other error, and no answer in time
 */
export const replicaOutcomes = ["answered", "behind", "busy", "canceled", "failed"] as const;
export type ReplicaOutcome = (typeof replicaOutcomes)[number];

/** Receives the events of all connections, for metrics. */
export interface ConnectionObserver {
  /** A message was answered, with a result or an error, after this time. */
  messageAnswered(connection: MessageConnection, milliseconds: number): void;
  readResent(cause: ResendCause): void;
  replicaRead(outcome: ReplicaOutcome): void;
  /** A transaction with audit entries has ended. The time is that of the message with the append and the COMMIT. */
  auditAppended(milliseconds: number): void;
}

/** Receives the messages of one call, to count and to trace them. */
export interface MessageObserver {
  /**
   * Called when a message is sent.
   * @param name the name of the prepared statement, or `commit`, `rollback` or `statement`
   * @returns called when the message was answered, if the observer asks for it
   */
  messageSent(name: string): ((error?: unknown) => void) | undefined;
}

export interface Observers {
  readonly observer?: ConnectionObserver | undefined;
  readonly messages?: MessageObserver | undefined;
}

interface Message {
  readonly name: string;
  readonly connection: MessageConnection;
}

/** Sends a message and reports it. @returns the answer */
export function observeMessage<T>(
  { observer, messages }: Observers,
  { name, connection }: Message,
  send: () => Promise<T>,
): Promise<T> {
  const answered = messages?.messageSent(name);
  // Most servers only count the messages. Then nothing waits for the answer besides the caller.
  return observer || answered ? observeAnswer(send, { observer, answered, connection }) : send();
}

interface AnswerObservers {
  readonly observer: ConnectionObserver | undefined;
  readonly answered: ReturnType<MessageObserver["messageSent"]>;
  readonly connection: MessageConnection;
}

async function observeAnswer<T>(
  send: () => Promise<T>,
  { observer, answered, connection }: AnswerObservers,
): Promise<T> {
  const sentAt = observer ? performance.now() : 0;
  try {
    const answer = await send();
    answered?.();
    return answer;
  } catch (error) {
    answered?.(error);
    throw error;
  } finally {
    observer?.messageAnswered(connection, performance.now() - sentAt);
  }
}
