// Estimates how many guesses find a password. The result is the base-2 logarithm of the cheapest way to compose the
// password from common passwords and words, runs of the keyboard or the alphabet, dates, words of the account, and
// repetitions. All other characters are counted one by one. The time depends on the length only, and at most
// LONGEST_EXAMINED code units are examined.
//
// The method follows Wheeler, "zxcvbn: Low-Budget Password Strength Estimation" (USENIX Security 2016).
// docs/decisions/passwords.md explains why zxcvbn itself is not used.
import { commonRuns } from "./common-runs.ts";
import type { CommonPasswords } from "./common-passwords.ts";
import { LONGEST_COMMON, SHORTEST_COMMON, startFingerprint } from "./fingerprint.ts";

/** The number of code units that are examined after NFKD normalization, which may expand one character to eighteen. */
export const LONGEST_EXAMINED = 256;
const MOST_CONTEXT_WORDS = 24;
const LONGEST_CONTEXT_WORD = 254;

/** The cost of each kind of piece, in bits. */
const CONTEXT_WORD = 3;
const RUN = 6;
const YEAR = 6;
const DATE = 15;
const REPETITION = 3;
const DIGIT = Math.log2(10);
const LETTER = Math.log2(26);
const OTHER = 5;
const SEPARATOR_BITS = OTHER;
const FOREIGN_LETTER = 7;
/** The extra cost of a reversed word, and of a word with signs in place of letters. */
const VARIATION = 1;

const LONGEST_REPEATED_UNIT = 40;
/** The characters that may separate the letters of a word: ASCII punctuation and space. */
const SEPARATOR = /[ -/:-@[-`{-~]/g;

export interface Guessing {
  readonly common: CommonPasswords;
  /** Words that an attacker would try for this account, such as its email address. */
  readonly context: readonly string[];
}

export function guessBits(password: string, { common, context }: Guessing): number {
  // Accents, width and case are ignored, because attackers vary them first.
  const text = password.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().slice(0, LONGEST_EXAMINED);
  const words = contextWords(context);
  const whole = cheapest(text, { common, words });
  const separators = new Set(text.match(SEPARATOR));
  if (separators.size === 0) return whole;
  const joined = cheapest(text.replaceAll(SEPARATOR, ""), { common, words });
  return Math.min(whole, joined + separators.size * SEPARATOR_BITS);
}

function contextWords(context: readonly string[]): readonly string[] {
  const words = context
    .flatMap((word) => [word, word.replaceAll(/[^a-z0-9]/gi, "")])
    .filter((word) => word.length >= SHORTEST_COMMON && word.length <= LONGEST_CONTEXT_WORD)
    .map((word) => word.toLowerCase());
  return [...new Set(words)].slice(0, MOST_CONTEXT_WORDS);
}

/** Reports a piece of the text that an attacker would try. */
type ReportPiece = (at: number, length: number, bits: number) => void;

interface Known {
  readonly common: CommonPasswords;
  readonly words: readonly string[];
}

function cheapest(text: string, known: Known): number {
  /** The pieces that begin at each position, as alternating lengths and costs. */
  const piecesAt: number[][] = Array.from({ length: text.length }, () => []);
  const report: ReportPiece = (at, length, bits) => void piecesAt[at]?.push(length, bits);
  for (const [nth, reading] of readingsOf(text).entries()) {
    const extra = nth === 0 ? 0 : VARIATION;
    findWords(reading, known, (at, length, bits) => report(at, length, bits + extra));
    // The positions of the reversed text are mapped back to the text.
    findWords(reversed(reading), known, (at, length, bits) =>
      report(text.length - at - length, length, bits + extra + VARIATION),
    );
  }
  findRuns(text, report);
  findDates(text, report);
  findRepetitions(text, report);
  /** The lowest cost of the text up to each position. */
  const bits = [0, ...Array.from({ length: text.length }, () => Infinity)];
  for (const [at, pieces] of piecesAt.entries()) {
    const soFar = bits[at] ?? Infinity;
    const reach = (length: number, cost: number) => {
      bits[at + length] = Math.min(bits[at + length] ?? Infinity, soFar + cost);
    };
    reach(1, bitsOf(text[at] ?? ""));
    for (let nth = 0; nth < pieces.length; nth += 2) reach(pieces[nth] ?? 0, pieces[nth + 1] ?? Infinity);
  }
  return bits[text.length] ?? Infinity;
}

const reversed = (text: string): string => text.split("").toReversed().join("");

/** The text, and its readings with digits and signs replaced by letters. `1`, `!` and `|` stand for `i` or for `l`. */
function readingsOf(text: string): string[] {
  const plain = text.replaceAll(/[0345$7@]/g, (sign) => LETTERS.get(sign) ?? sign);
  return [...new Set([text, plain.replaceAll(/[1!|]/g, "i"), plain.replaceAll(/[1!|]/g, "l")])];
}

const LETTERS: ReadonlyMap<string, string> = new Map([
  ["0", "o"],
  ["3", "e"],
  ["4", "a"],
  ["@", "a"],
  ["5", "s"],
  ["$", "s"],
  ["7", "t"],
]);

function findWords(text: string, { common, words }: Known, report: ReportPiece): void {
  for (let at = 0; at < text.length; at += 1) {
    const fingerprint = startFingerprint();
    const longest = Math.min(LONGEST_COMMON, text.length - at);
    for (let length = 1; length <= longest; length += 1) {
      fingerprint.add(text.charCodeAt(at + length - 1));
      const bits = length < SHORTEST_COMMON ? null : common.bitsOf(fingerprint);
      if (bits !== null) report(at, length, bits);
    }
  }
  for (const word of words) {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
      report(at, word.length, CONTEXT_WORD);
    }
  }
}

type RunStart = readonly [run: string, from: number];

/** The runs and positions at which each sequence of three characters occurs. It is built on first use. */
let runStarts: ReadonlyMap<string, readonly RunStart[]> | undefined;

function findRunStarts(): ReadonlyMap<string, readonly RunStart[]> {
  const starts = new Map<string, RunStart[]>();
  for (const run of commonRuns.flatMap((one) => [one, reversed(one)])) {
    for (let from = 0; from + SHORTEST_COMMON <= run.length; from += 1) {
      const key = run.slice(from, from + SHORTEST_COMMON);
      const known = starts.get(key);
      if (known) known.push([run, from]);
      else starts.set(key, [[run, from]]);
    }
  }
  return starts;
}

/** Reports the longest run that begins at each position. */
function findRuns(text: string, report: ReportPiece): void {
  runStarts ??= findRunStarts();
  for (let at = 0; at < text.length; at += 1) {
    let longest = 0;
    for (const [run, from] of runStarts.get(text.slice(at, at + SHORTEST_COMMON)) ?? []) {
      let length = SHORTEST_COMMON;
      while (from + length < run.length && run[from + length] === text[at + length]) length += 1;
      longest = Math.max(longest, length);
    }
    if (longest > 0) report(at, longest, RUN);
  }
}

const YEARS = /^(?:19|20)\d\d/;
const DATES = [
  /^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d/,
  /^(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d\d/,
  /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/,
];
const LONGEST_DATE = 8;

function findDates(text: string, report: ReportPiece): void {
  for (let at = 0; at < text.length; at += 1) {
    const part = text.slice(at, at + LONGEST_DATE);
    if (YEARS.test(part)) report(at, 4, YEAR);
    if (DATES.some((form) => form.test(part))) report(at, LONGEST_DATE, DATE);
  }
}

/** Reports the longest repetition that begins at each position, of text up to LONGEST_REPEATED_UNIT characters before. */
function findRepetitions(text: string, report: ReportPiece): void {
  const longest = new Uint16Array(text.length);
  for (let unit = 1; unit <= Math.min(LONGEST_REPEATED_UNIT, text.length - 1); unit += 1) {
    let length = 0;
    for (let at = text.length - 1; at >= unit; at -= 1) {
      length = text.charCodeAt(at) === text.charCodeAt(at - unit) ? length + 1 : 0;
      if (length > (longest[at] ?? 0)) longest[at] = length;
    }
  }
  for (const [at, length] of longest.entries()) if (length > 0) report(at, length, REPETITION);
}

function bitsOf(character: string): number {
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[a-z]/.test(character)) return LETTER;
  return character.charCodeAt(0) < 0x80 ? OTHER : FOREIGN_LETTER;
}
