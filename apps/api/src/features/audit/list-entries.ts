import { holds } from "@projostack/authz";
import type { ListedEntryInclude } from "@projostack/contract";
import type { AuditLogRow } from "@projostack/db";
import type { Page } from "../../rpc/cursors.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toEntry } from "./entry.ts";

export interface ListEntries extends Page {
  readonly action?: string | undefined;
  readonly actorUserId?: string | undefined;
  readonly actorKeyId?: string | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly include?: readonly ListedEntryInclude[] | undefined;
}

/** Lists the entries of the log, newest first. @throws Failure cursor.invalid */
export async function listEntries({ db, cursors, grant }: ReadWs<"audit:read">, input: ListEntries) {
  const { limit, cursor: _, from, to, include, ...filters } = input;
  const withActorName = include?.includes("actorName") === true;
  const after = cursors.after(input);
  const found = await db.sql.audit.list({
    ...filters,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    beforeSeq: after === undefined ? undefined : seqIn(after),
    limit: limit + 1,
    withActorName,
  });
  const rows = found.map((row) => ({ id: cursorIdOf(row.seq), row }));
  const { items, nextCursor } = cursors.page(input, rows);
  if (!withActorName) return { items: items.map(({ row }) => toEntry(row)), nextCursor };
  const mayName = { user: holds(grant, "member:read"), key: holds(grant, "key:manage") };
  return {
    items: items.map(({ row }) => ({ ...toEntry(row), actorName: nameOf(row, mayName) })),
    nextCursor,
  };
}

/** A service key may read the log without the permission to list members or keys. */
function nameOf({ actorKind, actorName }: AuditLogRow, mayName: { user: boolean; key: boolean }) {
  const isNamed = (actorKind === "user" && mayName.user) || (actorKind === "key" && mayName.key);
  return isNamed ? (actorName ?? null) : null;
}

// A cursor holds a UUID, but the log is ordered by a number, so the number is encoded as a UUID.
const cursorIdOf = (seq: number): string => `00000000-0000-0000-0000-${seq.toString(16).padStart(12, "0")}`;
const seqIn = (cursorId: string): number => Number.parseInt(cursorId.slice(24), 16);
