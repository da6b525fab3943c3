export interface Line {
  readonly text: string;
  /** False for a last line without a newline. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;
/** Far more than the longest entry. Bounds the memory for a file without newlines, which is not an export. */
const MAX_LINE_BYTES = 16_000_000;

/**
 * Yields the lines of a file, one in memory at a time. Only U+000A ends a line: an entry's text may contain the other
 * separators, at which `readline` splits. A line above the limit is yielded as an empty line.
 */
export async function* readLines(file: AsyncIterable<Buffer>): AsyncGenerator<Line, undefined> {
  let pieces: Buffer[] = [];
  let length = 0;
  const lineOf = (isWhole: boolean): Line => {
    const text = length > MAX_LINE_BYTES ? "" : Buffer.concat(pieces).toString("utf8");
    pieces = [];
    length = 0;
    return { text, isWhole };
  };
  const add = (piece: Buffer) => {
    length += piece.length;
    if (length <= MAX_LINE_BYTES) pieces.push(piece);
    else pieces = [];
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
