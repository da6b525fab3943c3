// An idempotency key in the transaction of its call. The transaction inserts the row of the key and stores the answer in it,
// so of several calls with one key only one commits, and a call that fails leaves the key free. The second call waits at
// the primary key until the first one ends.
import type { PreparedStatement } from "../connection/one-trip.ts";
import { CURRENT_WORKSPACE_SQL } from "./current-workspace-sql.ts";
import { UUID } from "./uuid.ts";

/** The row of an idempotency key. */
export interface Claim {
  /** The table of the row: of the entered workspace, or of calls outside a workspace. */
  readonly of: "workspace" | "account";
  /** A hash of the key, its actor and its workspace, as a UUID. */
  readonly id: string;
  /** A MAC of the operation and its input: 16 bytes. */
  readonly fingerprint: Uint8Array;
}

/** A call with an idempotency key. */
export interface KeyedCall<T = unknown> {
  readonly claim: Claim;
  /** Encrypts the answer that the result of the transaction leads to. */
  seal(result: T): Uint8Array;
}

/** A claim with an answer that is known before the statement runs; null when the answer is not stored. */
export interface ClaimWithAnswer {
  readonly claim: Claim;
  readonly answer: Uint8Array | null;
}

/** Inserts the row of a key before the work. */
export const claimText = {
  workspace: `INSERT INTO idempotency_keys (workspace_id, id, fingerprint) VALUES (${CURRENT_WORKSPACE_SQL}, $1, $2)`,
  account: "INSERT INTO account_idempotency_keys (id, fingerprint) VALUES ($1, $2)",
} as const;

/** The statements that store the answer. They are sent in one message with the COMMIT, so they have no parameters. */
export function storeAnswer({ of, id }: Claim, answer: Uint8Array): string[] {
  if (!UUID.test(id)) throw new TypeError("The id of a claim must be a UUID in lower case.");
  // Hexadecimal digits cannot be parsed as SQL.
  const set = `SET answer = decode('${Buffer.from(answer).toString("hex")}', 'hex')`;
  if (of === "workspace")
    return [`UPDATE idempotency_keys ${set} WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = '${id}'`];
  return [
    "SELECT set_config('role', 'projo_system', true)",
    `UPDATE account_idempotency_keys ${set} WHERE id = '${id}'`,
  ];
}

const keepingTexts = new Map<string, string>();

/** Extends a statement that creates one row. It then also inserts the row of the key, with the created row as the answer. */
export function keepingRow({ name, text, values }: PreparedStatement, claim: Claim): PreparedStatement {
  let keeping = keepingTexts.get(text);
  if (keeping === undefined) {
    const [id, fingerprint] = [values.length + 1, values.length + 2];
    keeping = `
      WITH made AS (${text}), kept AS (
        INSERT INTO idempotency_keys (workspace_id, id, fingerprint, created)
        SELECT ${CURRENT_WORKSPACE_SQL}, $${id}::uuid, $${fingerprint}::bytea, to_jsonb(made) FROM made
      )
      SELECT * FROM made`;
    keepingTexts.set(text, keeping);
  }
  return { name: `${name}_kept`, text: keeping, values: [...values, claim.id, claim.fingerprint] };
}

/** Inserts the row of a key with its answer after a statement, if that statement inserted the account event. */
export const keepAfterEvent = ({ claim, answer }: ClaimWithAnswer, eventId: string): PreparedStatement => ({
  name: "projo_key_after_event",
  text: `INSERT INTO account_idempotency_keys (id, fingerprint, answer)
         SELECT $1::uuid, $2::bytea, $3::bytea WHERE EXISTS (SELECT FROM account_events WHERE id = $4)`,
  values: [claim.id, claim.fingerprint, answer, eventId],
});
