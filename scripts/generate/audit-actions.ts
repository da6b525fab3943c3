// The actions of the audit log, for completion. The CLI is built on the SDK alone, which has types only.
import { auditActions } from "@projostack/contract";

export function generateAuditActions(): Record<string, string> {
  return {
    "apps/cli/src/generated/audit-actions.ts": `/** Every action of the audit log. */
export const auditActions: readonly string[] = ${JSON.stringify(auditActions)};
`,
  };
}
