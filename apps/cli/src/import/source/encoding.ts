// Encodings of text files. iconv-lite decodes them: several supported versions of Node decode Windows-1252 as Latin-1 in
// TextDecoder and lose the euro sign, dashes and typographic quotes.
import iconv from "iconv-lite";
import { usageError } from "../../cli-error.ts";

export interface TextEncoding {
  /** The name in messages. */
  name: string;
  /** The name in iconv-lite. */
  label: string;
  /** The number of bytes of an ASCII character. */
  width: 1 | 2;
}

export const UTF8: TextEncoding = { name: "UTF-8", label: "utf8", width: 1 };
export const UTF16LE: TextEncoding = { name: "UTF-16 (little endian)", label: "utf16le", width: 2 };
export const UTF16BE: TextEncoding = { name: "UTF-16 (big endian)", label: "utf16be", width: 2 };
export const WINDOWS1252: TextEncoding = { name: "Windows-1252", label: "win1252", width: 1 };
export const MACINTOSH: TextEncoding = { name: "Mac Roman", label: "macintosh", width: 1 };

const KNOWN = [UTF8, UTF16LE, UTF16BE, WINDOWS1252];
/** Conversions of iconv-lite that are not encodings of text. */
const NO_ENCODINGS: ReadonlySet<string> = new Set(["hex", "base64", "binary"]);

/** Finds the encoding of the option --encoding. @throws CliError when it is unknown */
export function namedEncoding(given: string): TextEncoding {
  const label = given.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const known = KNOWN.find((one) => one.label === label || (one === WINDOWS1252 && label === "windows1252"));
  if (known) return known;
  if (label === "utf16" || label === "unicode") return UTF16LE;
  if (label === "" || NO_ENCODINGS.has(label) || !iconv.encodingExists(label)) {
    throw usageError(
      `--encoding: there is no encoding "${given}". Use for example utf-8, utf-16le, utf-16be, windows-1252, macintosh, iso-8859-2, shift_jis or gbk.`,
    );
  }
  return { name: given, label, width: 1 };
}

/** Decodes the start of a file. A character that is cut at the end becomes U+FFFD. */
export const decodeHead = (head: Buffer, { label }: TextEncoding): string => iconv.decode(head, label);

/** Converts the bytes to UTF-8. The bytes of a file in UTF-8 stay as they are, valid or not. */
export async function* toUtf8(bytes: AsyncIterable<Buffer>, { label }: TextEncoding): AsyncGenerator<Buffer> {
  if (label === UTF8.label) {
    yield* bytes;
    return;
  }
  const decoder = iconv.getDecoder(label);
  for await (const chunk of bytes) {
    const text = decoder.write(chunk);
    if (text !== "") yield Buffer.from(text);
  }
  const rest = decoder.end();
  if (rest) yield Buffer.from(rest);
}
