import { Readable } from "node:stream";
import { type Info, parse } from "csv-parse";
import { withoutByteOrderMark } from "./byte-order-mark.ts";

export interface CsvRecord {
  /** The line of the file on which it starts, counted from 1, as an editor counts. */
  line: number;
  /** As they stand in the file, quotes taken off: the caller decodes them, and can refuse one that is not UTF-8. */
  fields: Buffer[];
  /** How far into the file it ends. */
  endsAtByte: number;
}

/** A quote that opens on this line is never closed: the records before it are all there is. */
export class UnclosedQuote extends Error {
  override readonly name = "UnclosedQuote";
  readonly line: number;

  constructor(line: number) {
    super("A quote that opens here is never closed. Nothing from this line on was read.");
    this.line = line;
  }
}

/** So much without the end of a record means a quote that is never closed. Far more than is read ahead. */
const MOST_BYTES_WITHOUT_END = 8_000_000;

/**
 * The records of a CSV file (RFC 4180; a byte order mark, blank lines and stray quotes inside a field are let pass).
 *
 * @throws UnclosedQuote, after the records before it
 */
export async function* readRecords(file: Readable): AsyncGenerator<CsvRecord> {
  const parser = parse({
    encoding: null,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ["\r\n", "\n"],
    // An error would throw away the records that are parsed and not yet read; a skipped one is told of by an event.
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
      // csv-parse's own count takes the two characters of a CRLF inside quotes for two lines.
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

/** The file, up to where it is clear that a record does not end. */
async function* feed(file: Readable, endOfLastRecord: () => number): AsyncGenerator<Buffer> {
  let fed = 0;
  for await (const chunk of withoutByteOrderMark(file)) {
    yield chunk;
    fed += chunk.length;
    if (fed - endOfLastRecord() > MOST_BYTES_WITHOUT_END) return;
  }
}

const isBlank = (record: Buffer[]): boolean => record.length === 1 && record[0]?.length === 0;

function lineBreaksIn(field: Buffer): number {
  let count = 0;
  for (let at = field.indexOf("\n"); at !== -1; at = field.indexOf("\n", at + 1)) count += 1;
  return count;
}
