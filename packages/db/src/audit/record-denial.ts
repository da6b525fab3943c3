import type { AuditEntry } from "./append-audit.ts";
import { failureOf } from "../client/failures.ts";
import { loneStatement, type PoolSource } from "../client/scoped-pool.ts";

/** What was refused. The outcome goes without saying. */
export type Denial = Omit<AuditEntry, "outcome">;

/** Puts a refusal on record, in a transaction of its own and one round trip. */
export type RecordDenial = (workspaceId: string, denial: Denial) => Promise<boolean>;

// No row without the workspace, so that made-up ids begin no chains.
const STATEMENT = "SELECT projo_audit_deny($2::jsonb) AS recorded FROM workspaces WHERE id = $1";

export const denialRecorder =
  (source: PoolSource): RecordDenial =>
  async (workspaceId, denial) => {
    const values = [workspaceId, JSON.stringify(denial)];
    const query = { name: "projo_audit_deny", text: STATEMENT, values };
    try {
      // As a founder would: in the workspace, and not as one of its members, whom a refusal may well not be.
      const scope = { kind: "founding", workspaceId } as const;
      const { rows } = await loneStatement<{ recorded: boolean }>(source, scope, query);
      return rows[0]?.recorded ?? false;
    } catch (error) {
      throw failureOf(error);
    }
  };
