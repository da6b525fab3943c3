// Opens the file of an import, finds out what it is, and gives its text as UTF-8.
import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { addAbortSignal, Readable } from "node:stream";
import { CliError, usageError } from "../../cli-error.ts";
import type { Io } from "../../io.ts";
import {
  decodeHead,
  MACINTOSH,
  namedEncoding,
  type TextEncoding,
  toUtf8,
  UTF16BE,
  UTF16LE,
  UTF8,
  WINDOWS1252,
} from "./encoding.ts";
import { binaryType, type FileType, looksBinary, textType } from "./file-type.ts";
import { findLayout, type Layout, type LayoutOptions, lineBreakOf } from "./layout.ts";
import { Survey, utf16ByNulBytes } from "./survey.ts";

export interface SourceOptions extends LayoutOptions {
  /** The option --encoding. */
  encoding: string | undefined;
  /** Aborts when the user stops the import. */
  signal: AbortSignal;
}

export interface Source {
  /** The name of the file in messages. */
  name: string;
  /** The size of the text as UTF-8, estimated; 0 when it is unknown. */
  bytes: number;
  encoding: TextEncoding;
  layout: Layout;
  /** True when the file begins with a byte order mark. */
  hasMark: boolean;
  /** True when neither an option nor the file itself names the encoding, and it is not UTF-8. */
  isAssumed: boolean;
  /** A text with a letter outside ASCII, when the encoding is an assumption. */
  sample: string | undefined;
  /** Reads the file as UTF-8. Call it once. */
  read: () => Readable;
  /** @throws CliError when the file has changed since it was opened */
  requireUnchanged: () => Promise<void>;
}

/** The part of a stream that is read before the encoding is decided. A file on a disk is read as a whole. */
const STREAM_HEAD_BYTES = 4_000_000;
/** The part that shows the type and the first record. */
const HEAD_BYTES = 262_144;

/** Opens a file, or standard input for `-`. @throws CliError when it cannot be read or is not a table of text */
export async function openSource(io: Io, file: string, options: SourceOptions): Promise<Source> {
  const opened = file === "-" ? await openStdin(io, options) : await openFile(io, file, options);
  const { name, head, survey } = opened;
  if (survey.bytes === 0) {
    throw usageError(`${name} is empty. Its first line must name the columns: project,title,status.`);
  }
  refuse(name, binaryType(head));
  const { encoding, hasMark, isAssumed = false } = chooseEncoding(opened, options.encoding);
  const text = decodeHead(head, encoding);
  refuse(name, textType(text));
  return {
    name,
    bytes: opened.isWhole ? survey.bytes / encoding.width : 0,
    encoding,
    layout: findLayout(text, options),
    hasMark,
    isAssumed,
    sample: isAssumed ? /[^\s,;|"]*[^\0-\x7f][^\s,;|"]*/u.exec(text)?.[0] : undefined,
    read: () => Readable.from(toUtf8(opened.bytes(), encoding)),
    requireUnchanged: opened.requireUnchanged,
  };
}

interface Opened {
  name: string;
  head: Buffer;
  survey: Survey;
  /** True when the survey has seen all bytes. */
  isWhole: boolean;
  bytes: () => AsyncIterable<Buffer>;
  requireUnchanged: () => Promise<void>;
}

function openStdin({ stdin }: Io, options: SourceOptions): Promise<Opened> {
  if (stdin.isTTY) {
    throw usageError("Standard input is a terminal. Pipe in a file: projo tasks import - < backlog.csv");
  }
  return openStream(stdin, "Standard input", options);
}

async function openFile(io: Io, file: string, options: SourceOptions): Promise<Opened> {
  const path = resolve(io.workingDirectory, file);
  const before = await statOf(path, file);
  if (before.isDirectory()) throw usageError(`${file} is a directory. Use a CSV file.`);
  if (!before.isFile()) return openStream(createReadStream(path), file, options);
  const survey = new Survey();
  const head = await readThrough(guarded(createReadStream(path), file, options), survey);
  return {
    name: file,
    head,
    survey,
    isWhole: true,
    bytes: () => guarded(createReadStream(path, { end: survey.bytes - 1 }), file, options),
    requireUnchanged: async () => {
      const { size, mtimeMs } = await statOf(path, file);
      if (size === before.size && mtimeMs === before.mtimeMs) return;
      throw new CliError("cli.file_changed", `${file} changed during the import. Wait until it is complete.`);
    },
  };
}

/** Opens a pipe or a device, which can be read only once. */
async function openStream(stream: Readable, name: string, options: SourceOptions): Promise<Opened> {
  const survey = new Survey();
  const chunks: Buffer[] = [];
  const iterator = guarded(stream, name, options)[Symbol.asyncIterator]();
  let isWhole = false;
  while (!isWhole && survey.bytes < STREAM_HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done) isWhole = true;
    else {
      survey.add(next.value);
      chunks.push(next.value);
    }
  }
  return {
    name,
    head: Buffer.concat(chunks).subarray(0, HEAD_BYTES),
    survey,
    isWhole,
    async *bytes() {
      yield* chunks.splice(0);
      yield* { [Symbol.asyncIterator]: () => iterator };
    },
    requireUnchanged: async () => {},
  };
}

/** Yields the bytes of a stream. Ends it when the user stops the import, and names the file in a read error. */
async function* guarded(
  stream: Readable,
  file: string,
  { signal }: SourceOptions,
): AsyncGenerator<Buffer, undefined> {
  try {
    for await (const chunk of addAbortSignal(signal, stream)) yield Buffer.from(chunk as Buffer | string);
  } catch (error) {
    signal.throwIfAborted();
    throw isSystemError(error) ? unreadable(file, error) : error;
  }
}

/** Adds all bytes to the survey. @returns the first of them */
async function readThrough(bytes: AsyncIterable<Buffer>, survey: Survey): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) {
    if (survey.bytes < HEAD_BYTES) chunks.push(chunk);
    survey.add(chunk);
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

interface Chosen {
  encoding: TextEncoding;
  hasMark: boolean;
  isAssumed?: boolean;
}

function chooseEncoding({ name, head, survey, isWhole }: Opened, given: string | undefined): Chosen {
  const named = given === undefined ? undefined : namedEncoding(given);
  // The file itself knows best, as in the Encoding Standard of browsers.
  const marked = byMark(head);
  if (marked) return { encoding: marked, hasMark: true };
  if (named) return { encoding: named, hasMark: false };
  const order = utf16ByNulBytes(head);
  if (order) return { encoding: order === "little" ? UTF16LE : UTF16BE, hasMark: false };
  if (looksBinary(head)) refuse(name, { what: "not a text file", fix: "Export the data as CSV." });
  const guess = survey.guess({ isWhole, endsLinesWithCr: lineBreakOf(head.toString("latin1")) === "\r" });
  if (guess === "utf-8") return { encoding: UTF8, hasMark: false };
  if (guess === "windows-1252") return { encoding: WINDOWS1252, hasMark: false, isAssumed: true };
  if (guess === "macintosh") return { encoding: MACINTOSH, hasMark: false, isAssumed: true };
  throw usageError(
    `${name} is neither UTF-8 nor Windows-1252. Name its encoding, for example: --encoding windows-1251, iso-8859-2, macintosh, shift_jis or gbk. Or save it as UTF-8.`,
  );
}

function byMark(head: Buffer): TextEncoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return UTF8;
  if (head[0] === 0xff && head[1] === 0xfe) return UTF16LE;
  return head[0] === 0xfe && head[1] === 0xff ? UTF16BE : undefined;
}

function refuse(name: string, type: FileType | undefined): void {
  if (type) throw usageError(`${name} is ${type.what}. ${type.fix}`);
}

async function statOf(path: string, file: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw isSystemError(error) ? unreadable(file, error) : error;
  }
}

function unreadable(file: string, { code }: { code: string }): CliError {
  if (code === "ENOENT" || code === "ENOTDIR")
    return usageError(`The file ${file} does not exist. Check the path.`);
  if (code === "EACCES" || code === "EPERM") {
    return usageError(`You may not read the file ${file}. Change its permissions, or copy it.`);
  }
  return usageError(`The file ${file} cannot be read (${code}). Check the path and the disk.`);
}

const isSystemError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
