import type { AuditEntry } from "./append-audit.ts";
import type { StatementResult } from "../../connection/one-trip.ts";
import { runInScope, type RunStatement } from "../../scope/run-statement.ts";
import type { PoolSource } from "../../scope/scoped-connection.ts";

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
    // As a founder would: in the workspace, and not as one of its members, whom a refusal may well not be.
    const scope = { kind: "founding", workspaceId } as const;
    const steps = [{ name: "projo_audit_deny", text: STATEMENT, values }];
    const [answer] = (await runInScope(source, scope, steps)) as StatementResult<{ recorded: boolean }>[];
    return answer?.rows[0]?.recorded ?? false;
  };

/** Counts the denials beyond the cap of past hours in entries of their logs. @returns in how many workspaces, at most 100 */
export type SettleDenials = () => Promise<number>;

export const denialSettler =
  (run: RunStatement): SettleDenials =>
  async () => {
    const { rows } = await run<{ settled: number }>(
      "audit_settle_all",
      "SELECT projo_audit_settle_all() AS settled",
      [],
    );
    return rows[0]?.settled ?? 0;
  };
