import type { AuditPageRow } from "@projostack/db";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { csvHeader, csvLine } from "./csv.ts";
import { readPages } from "./read-pages.ts";

export interface ExportLog {
  readonly format: "ndjson" | "csv";
  readonly afterSeq: number;
  readonly untilSeq?: number | undefined;
  readonly limit: number;
}

/**
 * Exports a part of the log as text and records the export. The parts of one export, concatenated, are the whole file. The
 * entries are read before the write transaction begins, so that it does not hold a connection meanwhile.
 */
export async function exportLog(
  ws: Ws<"audit:read">,
  { checkpoints, clock, db }: Services,
  input: ExportLog,
) {
  const { format, afterSeq, limit } = input;
  const end = await db.read(ws.grant, ({ sql: { audit } }) => audit.end());
  const untilSeq = Math.min(input.untilSeq ?? end.seq, end.seq);
  const { text, entries, last } = await readLines(untilSeq, {
    pages: readPages((page) => db.read(ws.grant, ({ sql: { audit } }) => audit.page(page)), {
      afterSeq,
      limit,
    }),
    lineOf: format === "csv" ? (row) => `${csvLine(row)}\r\n` : (row) => jsonLine(entryOf(row)),
  });
  const lastSeq = last?.seq ?? afterSeq;
  const done = lastSeq >= untilSeq || entries === 0;
  ws.audit("audit.exported", {
    type: "audit",
    id: ws.id,
    after: { format, fromSeq: afterSeq + 1, toSeq: lastSeq, entries },
  });
  const isFirst = afterSeq === 0;
  if (format === "csv")
    return { text: `${isFirst ? `${csvHeader}\r\n` : ""}${text}`, lastSeq, untilSeq, done };
  const at = clock.now();
  const header = { format: "projo-audit/1", workspaceId: ws.id, exportedAt: at.toISOString() };
  const checkpoint = last
    ? checkpoints.sign({ workspaceId: ws.id, seq: last.seq, hash: last.hash }, at)
    : null;
  const head = isFirst ? jsonLine(header) : "";
  const foot = done ? jsonLine({ entries: lastSeq, checkpoint }) : "";
  return { text: `${head}${text}${foot}`, lastSeq, untilSeq, done };
}

interface LineSource {
  readonly pages: AsyncIterable<AuditPageRow[]>;
  readonly lineOf: (row: AuditPageRow) => string;
}

async function readLines(untilSeq: number, { pages, lineOf }: LineSource) {
  let text = "";
  let entries = 0;
  let last: AuditPageRow | undefined;
  for await (const page of pages) {
    const rows = page.filter(({ seq }) => seq <= untilSeq);
    for (const row of rows) text += lineOf(row);
    entries += rows.length;
    last = rows.at(-1) ?? last;
    if (rows.length < page.length) break;
  }
  return { text, entries, last };
}

const entryOf = ({ text, hash, personal }: AuditPageRow) => ({ text, hash, personal });

const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;
