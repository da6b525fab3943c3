// The columns of the audit log as a table: actor, action, target and address.
import type { AuditEntry } from "@projostack/sdk";
import type { Column } from "../../terminal/table.ts";

export const entryColumns: readonly Column<AuditEntry>[] = [
  { head: "SEQ", cell: ({ seq }) => String(seq) },
  { head: "TIME", cell: ({ createdAt }) => `${createdAt.slice(0, 19)}Z` },
  { head: "ACTION", cell: ({ action }) => action },
  { head: "OUTCOME", cell: ({ outcome }) => outcome },
  { head: "ACTOR", cell: actorOf },
  { head: "TARGET", cell: ({ target }) => `${target.type}:${target.id}` },
  { head: "FROM", cell: ({ ip }) => ip ?? "" },
];

function actorOf({ actor: { kind, userId, keyId } }: AuditEntry): string {
  const id = userId ?? keyId;
  return id === null ? kind : `${kind}:${id}`;
}
