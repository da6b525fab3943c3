// Runs a mutation with an idempotency key once. The transaction of the mutation inserts the row of the key and its answer
// (packages/db/src/scope/claim.ts), so the ordinary call makes no round trip more. Only a call whose key exists, or that
// fails, looks the row up: a repetition can fail before its transaction, for example because its token is used.
import type { Operation } from "@projostack/contract";
import {
  KeyTaken,
  type Claim,
  type ClaimWithAnswer,
  type KeyedCall,
  type StoredAnswer,
} from "@projostack/db";
import type { Context } from "../context.ts";
import type { CallOnce } from "./call-once.ts";
import { Failure } from "../failures/failure.ts";
import {
  claimOf,
  isFingerprintOf,
  messageOf,
  type IdempotencyKey,
  type KeyOwner,
} from "./idempotency-key.ts";
import { openAnswer, sealAnswer } from "./sealed-answer.ts";

export interface OnceOptions {
  readonly operation: Operation;
  readonly path: string;
  readonly key: IdempotencyKey;
  readonly owner: KeyOwner;
  readonly input: unknown;
  /** Derives the answer from the row that a single statement created. */
  readonly answerOf?: AnswerOfRow | undefined;
}

/** Derives an answer from a stored row, whose times are texts. */
export type AnswerOfRow = (row: object) => unknown;

/** The answer of an earlier call with the same key and the same input. */
class Repetition extends Error {
  readonly answer: unknown;

  constructor(answer: unknown) {
    super("The call was answered before.");
    this.answer = answer;
  }
}

/** One call with an idempotency key. */
export class Once implements CallOnce {
  readonly claim: Claim;
  readonly #ctx: Context;
  readonly #options: OnceOptions;
  readonly #message: string;
  #isStored = false;

  constructor(ctx: Context, options: OnceOptions) {
    this.#ctx = ctx;
    this.#options = options;
    this.#message = messageOf(options.path, options.input);
    this.claim = claimOf(ctx.services.keys, { ...options, message: this.#message });
  }

  keyed<T>(answerOf: (result: T) => unknown = (result) => result): KeyedCall<T> {
    this.#isStored = true;
    return { claim: this.claim, seal: (result) => this.#seal(answerOf(result)) };
  }

  keep(answer: unknown): ClaimWithAnswer {
    this.#isStored = true;
    return { claim: this.claim, answer: this.#seal(answer) };
  }

  keepNoAnswer(): ClaimWithAnswer {
    return { claim: this.claim, answer: null };
  }

  async check(): Promise<void> {
    const stored = await this.#find();
    if (stored) throw new Repetition(this.#read(stored));
  }

  async isRepetition(): Promise<boolean> {
    const stored = await this.#find();
    if (stored) this.#requireSameCall(stored);
    return stored !== null;
  }

  /** Runs the mutation, or returns the answer of an earlier call. @throws KeyInProgress | Failure idempotency.key_reused */
  async run(work: () => Promise<unknown>): Promise<unknown> {
    const turn = await this.#ctx.services.turns.take(this.claim.id);
    try {
      if (turn.hasWaited) await this.check();
      return await this.#attempt(work);
    } catch (error) {
      if (!(error instanceof Repetition)) throw error;
      this.#ctx.noteReplay();
      return error.answer;
    } finally {
      turn.end();
    }
  }

  async #attempt(work: () => Promise<unknown>): Promise<unknown> {
    try {
      const answer = await work();
      // The call had nothing to change, so no transaction stored its answer.
      if (!this.#isStored) await this.#ctx.services.db.keys.insert(this.keep(answer));
      return answer;
    } catch (error) {
      if (!this.#mayBeRepetition(error)) throw error;
      await this.check();
      // The row of the key had expired, and `check` deleted it.
      if (error instanceof KeyTaken) return work();
      throw error;
    }
  }

  /** A lost right and a server that cannot answer are never replaced by an earlier answer. */
  #mayBeRepetition(error: unknown): boolean {
    if (error instanceof KeyTaken) return true;
    if (!(error instanceof Failure)) return false;
    return error.reason !== "permission.denied" && !/^(?:server|input|idempotency)\./.test(error.reason);
  }

  #find(): Promise<StoredAnswer | null> {
    const { workspaceId } = this.#options.owner;
    return this.#ctx.services.db.keys.find(this.claim, workspaceId);
  }

  #requireSameCall({ fingerprint }: StoredAnswer): void {
    if (!isFingerprintOf(this.#ctx.services.keys, this.#message, fingerprint))
      throw new Failure("idempotency.key_reused");
  }

  #read(stored: StoredAnswer): unknown {
    this.#requireSameCall(stored);
    const { operation, answerOf } = this.#options;
    if (stored.created && answerOf) return operation.output.parse(answerOf(stored.created));
    const text = stored.answer && openAnswer(this.#sealing, stored.answer);
    if (text === null) throw new Failure("idempotency.key_reused");
    return JSON.parse(text);
  }

  #seal(answer: unknown): Buffer {
    return sealAnswer(this.#sealing, JSON.stringify(this.#options.operation.output.parse(answer)));
  }

  get #sealing() {
    return { keys: this.#ctx.services.keys, secret: this.#options.key.text, rowId: this.claim.id };
  }
}
