// Estimates how many guesses find a password: the logarithm of the cheapest way to put it together from common passwords
// and words, runs along the keyboard or the alphabet, dates, the account's own words, and repetition. What it does not
// know it counts letter by letter. The work grows with the length alone, and no more than LONGEST_EXAMINED is looked at.
//
// After Wheeler, "zxcvbn: Low-Budget Password Strength Estimation" (USENIX Security 2016). Why not zxcvbn itself:
// docs/decisions/passwords.md.
import { commonRuns } from "./common-runs.ts";
import type { CommonPasswords } from "./common-passwords.ts";
import { LONGEST_COMMON, SHORTEST_COMMON, startFingerprint } from "./fingerprint.ts";

/** Code units that are examined, after normalization: one character may become eighteen there. */
export const LONGEST_EXAMINED = 256;
const MOST_CONTEXT_WORDS = 24;
const LONGEST_CONTEXT_WORD = 254;

/** What each piece costs, in bits. */
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
/** More, for a word that is written backwards, and for one with signs in place of letters. */
const VARIED = 1;

const LONGEST_REPEATED_UNIT = 40;
/** What may stand between the letters of a word: punctuation of ASCII, and space. */
const SEPARATOR = /[ -/:-@[-`{-~]/g;

export interface Guessing {
  readonly common: CommonPasswords;
  /** Words that anyone would try for this account, such as its email. */
  readonly context: readonly string[];
}

export function guessBits(password: string, { common, context }: Guessing): number {
  // Accents and width are forgotten, as is case: they are the first things that a guesser varies.
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

/** Takes note of a part of the text that a guesser knows. */
type Found = (at: number, length: number, bits: number) => void;

interface Known {
  readonly common: CommonPasswords;
  readonly words: readonly string[];
}

function cheapest(text: string, known: Known): number {
  /** The pieces that begin at each place: their lengths and costs, in turn. */
  const piecesAt: number[][] = Array.from({ length: text.length }, () => []);
  const found: Found = (at, length, bits) => void piecesAt[at]?.push(length, bits);
  for (const [nth, reading] of readingsOf(text).entries()) {
    const more = nth === 0 ? 0 : VARIED;
    findWords(reading, known, (at, length, bits) => found(at, length, bits + more));
    // A piece that begins at a place of the reversed text ends at the mirrored place of the text.
    findWords(reversed(reading), known, (at, length, bits) =>
      found(text.length - at - length, length, bits + more + VARIED),
    );
  }
  findRuns(text, found);
  findDates(text, found);
  findRepetitions(text, found);
  /** The bits of the text up to each place. */
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

/** The text, and what it reads as when digits and signs stand for letters. `1` and `!` stand for either of two. */
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

function findWords(text: string, { common, words }: Known, found: Found): void {
  for (let at = 0; at < text.length; at += 1) {
    const fingerprint = startFingerprint();
    const longest = Math.min(LONGEST_COMMON, text.length - at);
    for (let length = 1; length <= longest; length += 1) {
      fingerprint.add(text.charCodeAt(at + length - 1));
      const bits = length < SHORTEST_COMMON ? null : common.bitsOf(fingerprint);
      if (bits !== null) found(at, length, bits);
    }
  }
  for (const word of words) {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
      found(at, word.length, CONTEXT_WORD);
    }
  }
}

type RunStart = readonly [run: string, from: number];

/** Where a run can be entered: the runs and places of each three characters in a row. Made at the first check. */
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

/** The longest run from each place. */
function findRuns(text: string, found: Found): void {
  runStarts ??= findRunStarts();
  for (let at = 0; at < text.length; at += 1) {
    let longest = 0;
    for (const [run, from] of runStarts.get(text.slice(at, at + SHORTEST_COMMON)) ?? []) {
      let length = SHORTEST_COMMON;
      while (from + length < run.length && run[from + length] === text[at + length]) length += 1;
      longest = Math.max(longest, length);
    }
    if (longest > 0) found(at, longest, RUN);
  }
}

const YEARS = /^(?:19|20)\d\d/;
const DATES = [
  /^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d/,
  /^(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d\d/,
  /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/,
];
const LONGEST_DATE = 8;

function findDates(text: string, found: Found): void {
  for (let at = 0; at < text.length; at += 1) {
    const part = text.slice(at, at + LONGEST_DATE);
    if (YEARS.test(part)) found(at, 4, YEAR);
    if (DATES.some((form) => form.test(part))) found(at, LONGEST_DATE, DATE);
  }
}

/** The longest repetition from each place, of what stands up to so many characters before. */
function findRepetitions(text: string, found: Found): void {
  const longest = new Uint16Array(text.length);
  for (let unit = 1; unit <= Math.min(LONGEST_REPEATED_UNIT, text.length - 1); unit += 1) {
    let length = 0;
    for (let at = text.length - 1; at >= unit; at -= 1) {
      length = text.charCodeAt(at) === text.charCodeAt(at - unit) ? length + 1 : 0;
      if (length > (longest[at] ?? 0)) longest[at] = length;
    }
  }
  for (const [at, length] of longest.entries()) if (length > 0) found(at, length, REPETITION);
}

function bitsOf(character: string): number {
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[a-z]/.test(character)) return LETTER;
  return character.charCodeAt(0) < 0x80 ? OTHER : FOREIGN_LETTER;
}
