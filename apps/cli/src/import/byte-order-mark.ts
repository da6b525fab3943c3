const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The file without its mark, if it has one. csv-parse could do it, but then decodes the fields as well. */
export async function* withoutByteOrderMark(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of file) {
    if (!start) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < MARK.length) continue;
    yield start.subarray(0, MARK.length).equals(MARK) ? start.subarray(MARK.length) : start;
    start = undefined;
  }
  if (start) yield start;
}
