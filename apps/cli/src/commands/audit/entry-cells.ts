// The columns of the audit log.
import { type AuditListInput, isReason, type AuditEntry } from "@projostack/sdk";
import { timeColumn, wordColumn } from "../../output/columns.ts";
import type { Column } from "../../terminal/table.ts";

export const entryColumns: readonly Column<AuditEntry>[] = [
  { head: "SEQ", cell: ({ seq }) => String(seq) },
  timeColumn("TIME", ({ createdAt }) => createdAt, { priority: 2 }),
  { head: "ACTION", cell: ({ action }) => action },
  wordColumn("OUTCOME", ({ outcome }) => outcome, { priority: 3 }),
  { head: "ACTOR", cell: actorOf, minWidth: 16, maxWidth: 60 },
  { head: "TARGET", cell: ({ target }) => `${target.type}:${target.id}`, priority: 5, minWidth: 12 },
  { head: "IP", cell: ({ ip }) => ip ?? "", priority: 6 },
];

/** An address or a name takes the place of an id. A former member has an id only. */
export function actorOf({ actor: { kind, userId, keyId }, actorName }: AuditEntry): string {
  if (kind === "user" && actorName) return actorName;
  const name = actorName ?? userId ?? keyId;
  return name === null ? kind : `${kind}:${name}`;
}

/** Calls `list` with the field for the names of the actors. An older server does not know it, and then the call is made without it. */
export async function withActorNames<T>(
  list: (include: Pick<AuditListInput, "include">) => PromiseLike<T>,
): Promise<T> {
  try {
    return await list({ include: ["actorName"] });
  } catch (error) {
    // If something else is invalid, the second call says so.
    if (!isReason(error, "input.invalid")) throw error;
    return list({});
  }
}
