import { Readable } from "node:stream";
import { type Info, parse } from "csv-parse";
import { withoutByteOrderMark } from "./byte-order-mark.ts";

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

/** A longer record means a quote that is never closed. Far more than the stream buffers. */
const MAX_RECORD_BYTES = 8_000_000;

/**
 * Yields the records of a CSV file (RFC 4180). Accepts a byte order mark, blank lines and quotes inside an unquoted field.
 *
 * @throws UnclosedQuote after it has yielded the records before the quote
 */
export async function* readRecords(file: Readable): AsyncGenerator<CsvRecord> {
  const parser = parse({
    encoding: null,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ["\r\n", "\n"],
    // With an error the stream would drop parsed records that are not read yet. A skipped record emits an event instead.
    skip_records_with_error: true,
  });
  let broken = false;
  parser.on("skip", () => (broken = true));
  let line = 1;
  let endsAtByte = 0;
  const source = Readable.from(feed(file, () => endsAtByte));
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
      endsAtByte = info.bytes;
      if (!isBlank(record)) yield { line, fields: record, endsAtByte };
      // csv-parse counts a CRLF inside quotes as two lines, so count them here.
      line += 1 + record.reduce((sum, field) => sum + lineBreaksIn(field), 0);
    }
    if (broken) throw new UnclosedQuote(line);
  } finally {
    source.destroy();
    file.destroy();
  }
}

interface Parsed {
  record: Buffer[];
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

const isBlank = (record: Buffer[]): boolean => record.length === 1 && record[0]?.length === 0;

function lineBreaksIn(field: Buffer): number {
  let count = 0;
  for (let at = field.indexOf("\n"); at !== -1; at = field.indexOf("\n", at + 1)) count += 1;
  return count;
}
