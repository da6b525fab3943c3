// Parses the responses of an HTTP/1.1 connection (RFC 9112) from any number of pieces: with a content-length, chunked, without a
// body, or ended by the end of the connection. It supports what the measurements need, and rejects everything else.

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** Whether the server closes the connection after this response. */
  readonly closes: boolean;
}

export interface AnswerReader {
  /** @returns the response that these bytes complete, or null; incomplete bytes are copied. @throws Error if it is not HTTP */
  push(bytes: Buffer): Answer | null;
  /** Call this at the end of the connection. @returns the response that it completes, or null */
  end(): Answer | null;
}

interface Head {
  readonly status: number;
  readonly bodyAt: number;
  readonly body: "none" | "chunked" | "until end" | number;
  readonly closes: boolean;
}

export function answerReader(): AnswerReader {
  let held: Buffer = EMPTY;
  let length = 0;
  let head: Head | null = null;
  let chunks = chunksFrom(0);

  const finish = (found: Head, { body, endAt }: Whole): Answer => {
    if (endAt !== length) throw new Error("The server sent more than the response.");
    const answer = { status: found.status, body: Buffer.from(body), closes: found.closes };
    length = 0;
    head = null;
    return answer;
  };

  const next = (): Answer | null => {
    const bytes = held.subarray(0, length);
    head ??= headOf(bytes);
    if (head === null) return null;
    if (head.status < 200) {
      // Skips an interim response, such as 103.
      const rest = Buffer.from(bytes.subarray(head.bodyAt));
      [held, length, head] = [rest, rest.length, null];
      return next();
    }
    const { body, bodyAt } = head;
    if (body === "until end") return null;
    if (body === "chunked") {
      if (chunks.startsAt !== bodyAt) chunks = chunksFrom(bodyAt);
      const whole = readChunks(bytes, chunks);
      if (whole === null) return null;
      chunks = chunksFrom(0);
      return finish(head, whole);
    }
    const endAt = bodyAt + (body === "none" ? 0 : body);
    return length < endAt ? null : finish(head, { body: bytes.subarray(bodyAt, endAt), endAt });
  };

  return {
    push: (bytes) => {
      // Nearly every response arrives in one piece, and is parsed without a copy.
      if (length === 0) [held, length] = [bytes, bytes.length];
      else [held, length] = [appended(held, length, bytes), length + bytes.length];
      const answer = next();
      if (answer === null && held === bytes) held = Buffer.from(bytes);
      return answer;
    },
    end: () =>
      head?.body === "until end"
        ? finish(head, { body: held.subarray(head.bodyAt, length), endAt: length })
        : null,
  };
}

const EMPTY = Buffer.alloc(0);

/** Appends in a buffer that grows by doubling, so that a response in many pieces is not copied many times. */
function appended(held: Buffer, length: number, bytes: Buffer): Buffer {
  const needed = length + bytes.length;
  let room = held;
  if (room.length < needed) {
    room = Buffer.allocUnsafe(2 * needed);
    held.copy(room, 0, 0, length);
  }
  bytes.copy(room, length);
  return room;
}

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})[ \r]/;
const CONTENT_LENGTH = /\r\ncontent-length:[ \t]*(\d+)[ \t]*\r/i;
const CHUNKED = /\r\ntransfer-encoding:[^\r]*\bchunked[ \t]*\r/i;
const CLOSES = /\r\nconnection:[^\r]*\bclose\b/i;

const MAX_HEAD = 64 * 1024;

function headOf(bytes: Buffer): Head | null {
  const endAt = bytes.indexOf("\r\n\r\n");
  if (endAt < 0 && bytes.length < MAX_HEAD) return null;
  const text = bytes.toString("latin1", 0, endAt < 0 ? 80 : endAt + 2);
  const status = Number(STATUS_LINE.exec(text)?.[1]);
  if (endAt < 0 || !status) throw new Error(`This is not an HTTP response: ${text.slice(0, 80)}`);
  const closes = CLOSES.test(text) || text.startsWith("HTTP/1.0");
  return { status, bodyAt: endAt + 4, body: bodyOf(status, text), closes };
}

function bodyOf(status: number, head: string): Head["body"] {
  if (status < 200 || status === 204 || status === 304) return "none";
  if (CHUNKED.test(head)) return "chunked";
  const length = CONTENT_LENGTH.exec(head)?.[1];
  return length === undefined ? "until end" : Number(length);
}

interface Whole {
  readonly body: Buffer;
  readonly endAt: number;
}

/** The progress of reading a chunked body. */
interface Chunks {
  readonly startsAt: number;
  readonly parts: [from: number, to: number][];
  at: number;
}

const chunksFrom = (startsAt: number): Chunks => ({ startsAt, parts: [], at: startsAt });

/** Continues where it stopped. Chunks are stored as offsets, because the bytes may be copied when more arrive. */
function readChunks(bytes: Buffer, chunks: Chunks): Whole | null {
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", chunks.at);
    if (lineEnd < 0) return null;
    const line = bytes.toString("latin1", chunks.at, lineEnd);
    const size = /^[0-9a-f]{1,8}(?=$|[ \t;])/i.exec(line)?.[0];
    if (size === undefined) throw new Error(`This is not a chunk size: ${line.slice(0, 80)}`);
    const [from, to] = [lineEnd + 2, lineEnd + 2 + Number.parseInt(size, 16)];
    if (from === to) {
      const endAt = trailerEnd(bytes, from);
      return endAt < 0
        ? null
        : { body: Buffer.concat(chunks.parts.map((part) => bytes.subarray(...part))), endAt };
    }
    if (bytes.length < to + 2) return null;
    chunks.parts.push([from, to]);
    chunks.at = to + 2;
  }
}

/** Returns the end of the response after the trailer fields, or -1 if more bytes are needed. */
function trailerEnd(bytes: Buffer, from: number): number {
  if (bytes.length < from + 2) return -1;
  if (bytes[from] === 13 && bytes[from + 1] === 10) return from + 2;
  const endAt = bytes.indexOf("\r\n\r\n", from);
  return endAt < 0 ? -1 : endAt + 4;
}
