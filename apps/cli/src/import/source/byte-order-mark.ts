const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Removes a UTF-8 byte order mark. csv-parse can do so too, but then it also decodes the fields. */
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
