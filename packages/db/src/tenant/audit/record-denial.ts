import type { AuditEntry } from "./append-audit.ts";
import type { StatementResult } from "../../connection/one-trip.ts";
import { runInScope, type RunStatement } from "../../scope/run-statement.ts";
import type { PoolSource } from "../../scope/scoped-connection.ts";

/** A denied call. Its outcome is always "denied". */
export type Denial = Omit<AuditEntry, "outcome">;

/** Records a denial in a separate transaction and one round trip. @returns whether it was recorded, not only counted */
export type RecordDenial = (workspaceId: string, denial: Denial) => Promise<boolean>;

// The statement returns no row when the workspace does not exist, so that an invented id starts no chain.
const STATEMENT = "SELECT projo_audit_deny($2::jsonb) AS recorded FROM workspaces WHERE id = $1";

export const denialRecorder =
  (source: PoolSource): RecordDenial =>
  async (workspaceId, denial) => {
    const values = [workspaceId, JSON.stringify(denial)];
    // The scope enters the workspace without a membership, because the denied actor may not be a member.
    const scope = { kind: "founding", workspaceId } as const;
    const steps = [{ name: "projo_audit_deny", text: STATEMENT, values }];
    const [answer] = (await runInScope(source, scope, steps)) as StatementResult<{ recorded: boolean }>[];
    return answer?.rows[0]?.recorded ?? false;
  };

/** Appends entries with the number of denials beyond the cap in past hours. @returns the number of workspaces, at most 100 */
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
