import type { Claim, ClaimWithAnswer, KeyedCall } from "@projostack/db";

/** A call with an idempotency key, for the function of its operation. */
export interface CallOnce {
  readonly claim: Claim;
  /** The claim for a transaction, whose result is the answer or leads to it. */
  keyed<T>(answerOf?: (result: T) => unknown): KeyedCall<T>;
  /** The claim for a statement whose success has one possible answer. */
  keep(answer: unknown): ClaimWithAnswer;
  /** The claim for a statement whose answer is not stored. */
  keepNoAnswer(): ClaimWithAnswer;
  /**
   * Ends the call if it is a repetition. Functions call it beside their first read, before they count or record a failure
   * that the first call has caused. @throws Repetition | Failure idempotency.key_reused
   */
  check(): Promise<void>;
  /** Whether the same call used the key before. @throws Failure idempotency.key_reused */
  isRepetition(): Promise<boolean>;
}
