export interface Line {
  readonly text: string;
  /** False of the last one, when no newline ends it. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;
/** Far more than an entry takes. A file without newlines is not one of ours, and shall not fill the memory. */
const LONGEST_BYTES = 16_000_000;

/**
 * The lines of a file, one in memory at a time. Only a newline ends one: the entries' text may hold every other
 * separator, at which readline would cut. One that is too long comes as an empty line.
 */
export async function* linesOf(file: AsyncIterable<Buffer>): AsyncGenerator<Line, undefined> {
  let begun: Buffer[] = [];
  let length = 0;
  const lineOf = (isWhole: boolean): Line => {
    const text = length > LONGEST_BYTES ? "" : Buffer.concat(begun).toString("utf8");
    begun = [];
    length = 0;
    return { text, isWhole };
  };
  const add = (piece: Buffer) => {
    length += piece.length;
    if (length <= LONGEST_BYTES) begun.push(piece);
    else begun = [];
  };
  for await (const chunk of file) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      yield lineOf(true);
      from = end + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (length > 0) yield lineOf(false);
}
