import { Readable } from "node:stream";
import { type Info, parse } from "csv-parse";
import { withoutByteOrderMark } from "./source/byte-order-mark.ts";
import type { Layout } from "./source/layout.ts";

export interface CsvRecord {
  /** The line on which the record starts, counted from 1. */
  line: number;
  /** The raw bytes without the quotes. The caller decodes them and can refuse a field that is not UTF-8. */
  fields: Buffer[];
  /** The byte offset of the record's end. */
  endsAtByte: number;
}

/** The quote that opens on this line is never closed. The records before it are valid. */
export class UnclosedQuote extends Error {
  override readonly name = "UnclosedQuote";
  readonly line: number;

  constructor(line: number) {
    super("The quote that opens here is never closed. The file was not read from this line on.");
    this.line = line;
  }
}

/** The row on this line is longer than any row of a table. The records before it are valid. */
export class RowTooLong extends Error {
  override readonly name = "RowTooLong";
  readonly line: number;

  constructor(line: number) {
    super(
      "Is longer than 8 MB, so its line ending may be missing. The file was not read from this line on. Save the file again.",
    );
    this.line = line;
  }
}

/** A longer record means a quote or a line that never ends. Far more than the stream buffers. */
const MAX_RECORD_BYTES = 8_000_000;

/**
 * Yields the records of a CSV file (RFC 4180) in UTF-8. Accepts a byte order mark, blank lines and quotes inside an unquoted field.
 *
 * @throws UnclosedQuote or RowTooLong after it has yielded the records before the quote or the row
 */
export async function* readRecords(
  file: Readable,
  { separator, hasSeparatorLine, lineBreak }: Layout = COMMAS,
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    // One character for each byte. Without an encoding, csv-parse cannot trim.
    encoding: "latin1",
    info: true,
    delimiter: separator,
    relax_column_count: true,
    relax_quotes: true,
    // Spaces before a quote, as in `"Docs", "First"`. Trimming the end as well would refuse a quote inside a quoted field.
    ltrim: true,
    // A lone CR ends a record only in a file whose first record ends so. Elsewhere it is a part of a value.
    record_delimiter: lineBreak === "\r" ? ["\r\n", "\n", "\r"] : ["\r\n", "\n"],
    // With an error the stream would drop parsed records that are not read yet. A skipped record emits an event instead.
    skip_records_with_error: true,
  });
  let broken = false;
  parser.on("skip", () => (broken = true));
  let line = 1;
  let endsAtByte = 0;
  let mustSkip = hasSeparatorLine;
  const source = Readable.from(feed(file, () => endsAtByte));
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record: cells, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
      const record = cells.map((cell) => Buffer.from(withoutSpaceAfterQuote(cell), "latin1"));
      if (info.bytes - endsAtByte > MAX_RECORD_BYTES) throw new RowTooLong(line);
      endsAtByte = info.bytes;
      if (!isBlank(record)) {
        if (!mustSkip) yield { line, fields: record, endsAtByte };
        mustSkip = false;
      }
      // csv-parse counts a CRLF inside quotes as two lines, so count them here.
      line += 1 + record.reduce((sum, field) => sum + lineBreaksIn(field), 0);
    }
    if (broken) throw new UnclosedQuote(line);
  } finally {
    source.destroy();
    file.destroy();
  }
}

const COMMAS: Layout = { separator: ",", hasSeparatorLine: false, lineBreak: "\n" };

interface Parsed {
  record: string[];
  info: Info;
}

/** Yields the file, and stops when a record exceeds MAX_RECORD_BYTES. */
async function* feed(file: Readable, endOfLastRecord: () => number): AsyncGenerator<Buffer> {
  let fed = 0;
  for await (const chunk of withoutByteOrderMark(file)) {
    yield chunk;
    fed += chunk.length;
    if (fed - endOfLastRecord() > MAX_RECORD_BYTES) return;
  }
}

/** csv-parse takes the quotes of `"Docs" ,` for text, because a space follows them. */
const withoutSpaceAfterQuote = (cell: string): string =>
  cell.startsWith('"')
    ? cell.replace(/^"(.*)"[ \t]+$/s, (_, text: string) => text.replaceAll('""', '"'))
    : cell;

const isBlank = (record: Buffer[]): boolean => record.length === 1 && record[0]?.length === 0;

/** Counts CRLF, LF and lone CR, each as one line break. */
function lineBreaksIn(field: Buffer): number {
  let count = 0;
  for (let at = field.indexOf("\n"); at !== -1; at = field.indexOf("\n", at + 1)) count += 1;
  for (let at = field.indexOf("\r"); at !== -1; at = field.indexOf("\r", at + 1)) {
    if (field[at + 1] !== LF) count += 1;
  }
  return count;
}

const LF = 10;
