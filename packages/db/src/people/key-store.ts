import type { RunStatement } from "../scope/run-statement.ts";
import { runInScope } from "../scope/run-statement.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import { CURRENT_WORKSPACE_SQL } from "../scope/current-workspace-sql.ts";
import type { Claim, ClaimWithAnswer } from "../scope/claim.ts";

/** The stored answer of an idempotency key. */
export interface StoredAnswer {
  readonly fingerprint: Uint8Array;
  /** The encrypted answer. */
  readonly answer: Uint8Array | null;
  /** The created row, if the answer is derived from it. Times are texts. */
  readonly created: object | null;
}

/** The idempotency keys. A key is valid for 24 hours, by the database's clock. */
export interface KeyStore {
  /**
   * Finds a valid key, and deletes an expired one, so that it can be used again.
   * @param workspaceId the workspace of a key with its row in the workspace
   */
  find(claim: Pick<Claim, "of" | "id">, workspaceId: string | null): Promise<StoredAnswer | null>;
  /** Inserts a key of a call outside a workspace that changed nothing. @throws KeyTaken */
  insert(keep: ClaimWithAnswer): Promise<void>;
  /** Deletes all expired keys. */
  deleteExpired(): Promise<void>;
}

/** Few enough rows to stay far below the statement timeout. */
const BATCH = 5_000;

export function keyStore(source: PoolSource, run: RunStatement): KeyStore {
  const deleteAll = async (name: string, text: string): Promise<void> => {
    const { rows } = await run<{ deleted: number }>(name, text, [BATCH]);
    if (rows[0]?.deleted === BATCH) await deleteAll(name, text);
  };
  return {
    find: async ({ of, id }, workspaceId) => {
      if (of === "account" || workspaceId === null)
        return (await run<StoredAnswer & object>("account_key_find", FIND_OF_ACCOUNT, [id])).rows[0] ?? null;
      // The caller was authorized in the workspace a moment ago.
      const scope = { kind: "founding", workspaceId } as const;
      const steps = [{ name: "projo_key_find", text: FIND, values: [id] }];
      const [found] = await runInScope(source, scope, steps);
      return (found?.rows[0] as StoredAnswer | undefined) ?? null;
    },
    insert: async ({ claim, answer }) => {
      await run("account_key_insert", INSERT_OF_ACCOUNT, [claim.id, claim.fingerprint, answer]);
    },
    deleteExpired: async () => {
      await deleteAll("keys_expired", "SELECT projo_delete_expired_keys($1) AS deleted");
      await deleteAll("account_keys_expired", DELETE_OF_ACCOUNTS);
    },
  };
}

const EXPIRED = "created_at < now() - INTERVAL '24 hours'";

const findIn = (table: string, condition: string, created: string): string => `
  WITH expired AS (DELETE FROM ${table} WHERE ${condition} AND ${EXPIRED})
  SELECT fingerprint, answer, ${created} FROM ${table} WHERE ${condition} AND NOT (${EXPIRED})`;

const FIND = findIn("idempotency_keys", `workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1`, "created");
const FIND_OF_ACCOUNT = findIn("account_idempotency_keys", "id = $1", "NULL::jsonb AS created");

const INSERT_OF_ACCOUNT =
  "INSERT INTO account_idempotency_keys (id, fingerprint, answer) VALUES ($1, $2, $3)";

const DELETE_OF_ACCOUNTS = `
  WITH old AS (
    SELECT id FROM account_idempotency_keys WHERE ${EXPIRED} LIMIT $1
  ), deleted AS (
    DELETE FROM account_idempotency_keys AS k USING old WHERE k.id = old.id AND ${EXPIRED} RETURNING 1
  )
  SELECT count(*)::integer AS deleted FROM deleted`;
