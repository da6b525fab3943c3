import type { ImportedRecordRow, RecordPosition } from "@projostack/db";
import { invalidFields } from "../../rpc/failures/invalid-input.ts";
import type { ReadWs } from "../../rpc/ws.ts";

export interface ExportHistory {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Returns the lines of imported audit logs, log by log. @throws Failure input.invalid when `after` is not a position */
export async function exportHistory({ db }: ReadWs<"audit:read">, { after, limit }: ExportHistory) {
  const position = after === undefined ? undefined : parsePosition(after);
  const rows = await db.sql.exports.records({ after: position, limit });
  const last = rows.at(-1);
  return {
    lines: rows.map((row) => JSON.stringify(lineOf(row))),
    nextAfter: last && rows.length === limit ? `${last.log}:${last.line}` : null,
  };
}

function parsePosition(text: string): RecordPosition {
  const [, log, line] = /^(\d{1,9}):(\d{1,9})$/.exec(text) ?? [];
  if (log === undefined) throw invalidFields({ after: ["Must be the nextAfter of an earlier part."] });
  return { log: Number(log), line: Number(line) };
}

const lineOf = ({ log, line, text, hash, personal }: ImportedRecordRow) =>
  hash === null ? { log, line, text } : { log, line, text, hash, personal };
