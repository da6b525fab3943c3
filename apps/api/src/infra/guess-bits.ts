// How few guesses find a password whose maker took the easy way: common words, runs along the keyboard or the alphabet,
// years, and repetition of what came before. It finds the cheapest way to put the text together from these, as a
// program that tries the likeliest passwords first would. What it does not know it counts letter by letter.
//
// After Wheeler, "zxcvbn: Low-Budget Password Strength Estimation" (USENIX Security 2016), with a list of our own.
import { commonRuns, commonWords } from "./common-words.ts";

/** What each piece costs, in bits: how many there are to choose from. */
const WORD = Math.log2(commonWords.length);
const CONTEXT_WORD = 3;
const RUN = 6;
const YEAR = 6;
const REPETITION = 3;
const DIGIT = Math.log2(10);
const LETTER = Math.log2(26);
const OTHER = 5;
const SEPARATOR_BITS = OTHER;
const FOREIGN_LETTER = 7;

const LONGEST_REPEATED_UNIT = 40;
const SHORTEST_PIECE = 3;
/** What may stand between the letters of a word: punctuation of ASCII, and space. */
const SEPARATOR = /[ -/:-@[-`{-~]/g;

const reversed = (text: string): string => Array.from(text).toReversed().join("");
const WORDS = new Set(commonWords.flatMap((word) => [word, reversed(word)]));
const RUNS = commonRuns.flatMap((run) => [run, reversed(run)]);
const LONGEST_WORD = Math.max(...commonWords.map((word) => word.length));

/** @param context words that anyone would try for this account, such as its email */
export function guessBits(password: string, context: readonly string[]): number {
  // Accents and width are forgotten, as is case: they are the first things that a guesser varies.
  const text = password.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const words = contextWords(context);
  const whole = cheapest(text, words);
  const separators = new Set(text.match(SEPARATOR));
  if (separators.size === 0) return whole;
  return Math.min(whole, cheapest(text.replaceAll(SEPARATOR, ""), words) + separators.size * SEPARATOR_BITS);
}

const contextWords = (context: readonly string[]): Set<string> =>
  new Set(
    context
      .flatMap((word) => [word, word.replaceAll(/[^a-z0-9]/gi, "")])
      .filter((word) => word.length >= SHORTEST_PIECE)
      .flatMap((word) => [word.toLowerCase(), reversed(word.toLowerCase())]),
  );

function cheapest(text: string, context: ReadonlySet<string>): number {
  const readings = readingsOf(text);
  const longest = Math.max(LONGEST_WORD, ...Array.from(context, (word) => word.length));
  /** The bits of the text up to each place. */
  const bits = [0, ...Array.from({ length: text.length }, () => Infinity)];
  for (let at = 0; at < text.length; at += 1) {
    const soFar = bits[at] ?? Infinity;
    const reach = (length: number, cost: number) => {
      bits[at + length] = Math.min(bits[at + length] ?? Infinity, soFar + cost);
    };
    reach(1, bitsOf(text[at] ?? ""));
    if (/^(?:19|20)\d\d/.test(text.slice(at, at + 4))) reach(4, YEAR);
    for (const reading of readings) {
      for (let length = SHORTEST_PIECE; length <= longest && at + length <= text.length; length += 1) {
        const piece = reading.slice(at, at + length);
        if (context.has(piece)) reach(length, CONTEXT_WORD);
        else if (WORDS.has(piece)) reach(length, WORD);
      }
    }
    const run = runLength(text, at);
    if (run >= SHORTEST_PIECE) reach(run, RUN);
    for (let unit = 1; unit <= Math.min(at, LONGEST_REPEATED_UNIT); unit += 1) {
      const repeated = repeatedLength(text, at, unit);
      if (repeated > 0) reach(repeated, REPETITION);
    }
  }
  return bits[text.length] ?? Infinity;
}

/** The text, and what it reads as when digits and signs stand for letters. `1` and `!` stand for either of two. */
function readingsOf(text: string): string[] {
  const letters: Record<string, string> = {
    "0": "o",
    "3": "e",
    "4": "a",
    "@": "a",
    "5": "s",
    $: "s",
    "7": "t",
  };
  const plain = text.replaceAll(/[0345$7@]/g, (sign) => letters[sign] ?? sign);
  return [...new Set([text, plain.replaceAll(/[1!|]/g, "i"), plain.replaceAll(/[1!|]/g, "l")])];
}

function bitsOf(character: string): number {
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[a-z]/.test(character)) return LETTER;
  return character.charCodeAt(0) < 0x80 ? OTHER : FOREIGN_LETTER;
}

/** How far a run goes from here. */
function runLength(text: string, at: number): number {
  let longest = 0;
  for (const run of RUNS) {
    while (at + longest < text.length && run.includes(text.slice(at, at + longest + 1))) longest += 1;
  }
  return longest;
}

/** How far the text from here repeats what stands so many characters before. */
function repeatedLength(text: string, at: number, unit: number): number {
  let length = 0;
  while (at + length < text.length && text[at + length] === text[at + length - unit]) length += 1;
  return length;
}
