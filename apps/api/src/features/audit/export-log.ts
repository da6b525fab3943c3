import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { csvHeader, csvLine } from "./csv.ts";

export interface ExportLog {
  readonly format: "ndjson" | "csv";
  readonly afterSeq: number;
  readonly untilSeq?: number | undefined;
  readonly limit: number;
}

/** A part of the log as text, on record. The parts of one export, one after another, are the whole file. */
export async function exportLog(ws: Ws<"audit:read">, { checkpoints, clock }: Services, input: ExportLog) {
  const { format, afterSeq, limit } = input;
  const end = await ws.db.audit.end();
  const untilSeq = Math.min(input.untilSeq ?? end.seq, end.seq);
  const rows = (await ws.db.audit.page({ afterSeq, limit })).filter(({ seq }) => seq <= untilSeq);
  const lastSeq = rows.at(-1)?.seq ?? afterSeq;
  const done = lastSeq >= untilSeq || rows.length === 0;
  ws.audit("audit.exported", {
    type: "audit",
    id: ws.id,
    after: { format, fromSeq: afterSeq + 1, toSeq: lastSeq, entries: rows.length },
  });
  const isFirst = afterSeq === 0;
  if (format === "csv") {
    const text = linesOf([...(isFirst ? [csvHeader] : []), ...rows.map(csvLine)], "\r\n");
    return { text, lastSeq, untilSeq, done };
  }
  const at = clock.now();
  const header = { format: "projo-audit/1", workspaceId: ws.id, exportedAt: at.toISOString() };
  const last = rows.at(-1);
  const checkpoint = last
    ? checkpoints.sign({ workspaceId: ws.id, seq: last.seq, hash: last.hash }, at)
    : null;
  const parts = [
    ...(isFirst ? [header] : []),
    ...rows.map(({ text, hash, personal }) => ({ text, hash, personal })),
    ...(done ? [{ entries: lastSeq, checkpoint }] : []),
  ].map((part) => JSON.stringify(part));
  return { text: linesOf(parts, "\n"), lastSeq, untilSeq, done };
}

const linesOf = (lines: readonly string[], end: string): string =>
  lines.map((line) => `${line}${end}`).join("");
