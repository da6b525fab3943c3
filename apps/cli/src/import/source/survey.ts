import { isAscii } from "node:buffer";

export type Guess = "utf-8" | "windows-1252" | "macintosh" | "unknown";

/**
 * Counts how much of a file is UTF-8. One byte sequence that is not UTF-8 does not make a file Windows-1252: a damaged row
 * in a file of UTF-8 would turn the accents of all other rows into other characters.
 */
export class Survey {
  /** The number of bytes. */
  bytes = 0;
  /** The number of characters of two to four bytes. */
  #characters = 0;
  /** The number of bytes that are not UTF-8. */
  #invalid = 0;
  /** The number of continuation bytes that must follow. */
  #pending = 0;
  readonly #western = new WesternSurvey();

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.#pending === 0 && isAscii(chunk)) return;
    for (const byte of chunk) {
      this.#addByte(byte);
      this.#western.add(byte);
    }
  }

  #addByte(byte: number): void {
    if (this.#pending > 0) {
      if ((byte & 0xc0) === 0x80) {
        this.#pending -= 1;
        if (this.#pending === 0) this.#characters += 1;
        return;
      }
      this.#invalid += 1;
      this.#pending = 0;
    }
    if (byte < 0x80) return;
    if (byte >= 0xc2 && byte <= 0xf4) this.#pending = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    else this.#invalid += 1;
  }

  /**
   * Returns the most likely encoding.
   * @param isWhole false when more bytes follow, so that the last character may be incomplete
   * @param endsLinesWithCr true for the line ending of old Macs
   */
  guess({ isWhole, endsLinesWithCr }: { isWhole: boolean; endsLinesWithCr: boolean }): Guess {
    const invalid = this.#invalid + (isWhole && this.#pending > 0 ? 1 : 0);
    if (invalid === 0 || this.#characters >= invalid) return "utf-8";
    return this.#western.guess(endsLinesWithCr);
  }
}

/** The bytes that Windows-1252 does not use. */
const UNUSED_IN_1252: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
/** The typographic apostrophe in Windows-1252 and on old Macs, as in "don’t". */
const APOSTROPHES: ReadonlySet<number> = new Set([0x92, 0xd5]);

/**
 * Tells text in a Western encoding from other text of one or two bytes a character. In Western languages, letters outside
 * ASCII stand alone. In Cyrillic, Greek or Japanese text, many follow each other.
 */
class WesternSurvey {
  /** The number of bytes outside ASCII. */
  #all = 0;
  /** The number of those in a run of three or more. */
  #inRuns = 0;
  #run = 0;
  #unusedIn1252 = 0;
  /** The bytes after an ASCII letter from 0x80 to 0x9F, which are accented letters on old Macs. */
  #low = 0;
  /** The bytes after an ASCII letter from 0xC0, which are accented letters in Windows-1252. */
  #high = 0;
  #isAfterLetter = false;

  add(byte: number): void {
    const isAfterLetter = this.#isAfterLetter;
    this.#isAfterLetter = byte < 0x80 && isAsciiLetter(byte);
    if (byte < 0x80) {
      this.#run = 0;
      return;
    }
    this.#all += 1;
    this.#run += 1;
    if (this.#run >= 3) this.#inRuns += this.#run === 3 ? 3 : 1;
    if (isAfterLetter && !APOSTROPHES.has(byte)) {
      if (byte <= 0x9f) this.#low += 1;
      if (byte >= 0xc0) this.#high += 1;
    }
    if (UNUSED_IN_1252.has(byte)) this.#unusedIn1252 += 1;
  }

  guess(endsLinesWithCr: boolean): Guess {
    if (this.#inRuns * 2 > this.#all) return "unknown";
    if (endsLinesWithCr && this.#low > this.#high) return "macintosh";
    return this.#unusedIn1252 === 0 ? "windows-1252" : "unknown";
  }
}

const isAsciiLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

/** Recognizes UTF-16 without a byte order mark: every second byte of ASCII characters and line breaks is NUL. */
export function utf16ByNulBytes(head: Buffer): "little" | "big" | undefined {
  const pairs = Math.floor(Math.min(head.length, 4096) / 2);
  let [even, odd] = [0, 0];
  for (let at = 0; at < pairs * 2; at += 2) {
    if (head[at] === 0) even += 1;
    if (head[at + 1] === 0) odd += 1;
  }
  const isMost = (nul: number, others: number) => nul * 10 >= pairs && others * 10 < nul;
  if (pairs === 0) return undefined;
  if (isMost(odd, even)) return "little";
  return isMost(even, odd) ? "big" : undefined;
}
