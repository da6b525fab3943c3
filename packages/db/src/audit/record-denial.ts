import type { AuditEntry } from "./append-audit.ts";
import type { Answer } from "../client/one-trip.ts";
import { runWithin } from "../client/run-statement.ts";
import type { PoolSource } from "../client/scoped-connection.ts";

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
    const [answer] = (await runWithin(source, scope, steps)) as Answer<{ recorded: boolean }>[];
    return answer?.rows[0]?.recorded ?? false;
  };
