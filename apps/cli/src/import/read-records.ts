import type { Readable } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";

export interface CsvRecord {
  /** The line of the file on which it starts, counted from 1, as an editor counts. */
  line: number;
  /** As they stand in the file, quotes taken off: the caller decodes them, and can refuse one that is not UTF-8. */
  fields: Buffer[];
  /** How far into the file it ends. */
  endsAtByte: number;
}

/** The file stopped being CSV at this line; nothing after it was read. */
export class UnreadableCsv extends Error {
  override readonly name = "UnreadableCsv";
  readonly line: number;

  constructor(line: number, message: string, cause: unknown) {
    super(message, { cause });
    this.line = line;
  }
}

/** Far above any row we could take; ends the hunt for the end of a quote that is never closed. */
const MOST_BYTES_IN_RECORD = 1_000_000;

/** The records of a CSV file (RFC 4180; a byte order mark, blank lines and stray quotes inside a field are let pass). */
export async function* readRecords(file: Readable): AsyncGenerator<CsvRecord> {
  const parser = parse({
    encoding: null,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ["\r\n", "\n"],
    max_record_size: MOST_BYTES_IN_RECORD,
  });
  file.on("error", (error) => parser.destroy(error));
  let line = 1;
  try {
    for await (const { record, info } of file.pipe(parser) as AsyncIterable<{
      record: Buffer[];
      info: Info;
    }>) {
      if (!isBlank(record)) yield { line, fields: record, endsAtByte: info.bytes };
      // csv-parse's own count takes the two characters of a CRLF inside quotes for two lines.
      line += 1 + record.reduce((sum, field) => sum + lineBreaksIn(field), 0);
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableCsv(line, explain(error), error);
    throw error;
  } finally {
    file.destroy();
  }
}

const isBlank = (record: Buffer[]): boolean => record.length === 1 && record[0]?.length === 0;

function lineBreaksIn(field: Buffer): number {
  let count = 0;
  for (let at = field.indexOf("\n"); at !== -1; at = field.indexOf("\n", at + 1)) count += 1;
  return count;
}

function explain(error: CsvError): string {
  return error.code === "CSV_QUOTE_NOT_CLOSED" || error.code === "CSV_MAX_RECORD_SIZE"
    ? "A quote that opens here is never closed. Nothing from this line on was read."
    : `This is not CSV (${error.message}). Nothing from this line on was read.`;
}
