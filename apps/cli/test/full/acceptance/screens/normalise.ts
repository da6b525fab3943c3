// Replaces what differs from one run to the next. The widths stay, because tables depend on them.
export interface Place {
  /** The home directory of the walk. */
  readonly home: string;
  readonly url: string;
}

/** Letters of hexadecimal digits, which x replaces. Other digits become 0, so that ids and times stay apart. */
const HEX = /[0-9a-f]/g;
const DIGIT = /\d/g;

/** Whole ids, and the beginnings of ids in tables. Ids begin with the time, so with 0. */
const ID = /\b0[0-9a-f]{7}-[0-9a-f]{1,4}(?:-[0-9a-f]{1,4}){0,2}(?:-[0-9a-f]{1,12})?(?![\w-])/g;
const SHORT_ID = /\b0[0-9a-f]{2,7}(?=…)/g;
const TOKEN = /\b(pj[a-z]_)([\w-]{20,})/g;
const HASH = /\b(?:[0-9a-f]{64}|[0-9a-f]{16})\b/g;
/**
 * Cursors, signatures and other random text in base 64. Only random text of this length has a capital letter; it need not have a
 * digit: one cursor in fifty has none.
 */
const RANDOM = /[\w+/-]{40,}={0,2}/g;
/** 2026-01-31 is the example in messages, and a step names 2026-13-01. */
const TIME = /\b(?!2026-01-31|2026-13-01)20\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?/g;
/** Measured numbers, of which the number of digits differs too. They stand at the end of a line, or in a sentence. */
const MEASURED = [
  [/\b\d+ ms\b/g, "0 ms"],
  [/\b\d+(?= seconds ahead)/g, "00000"],
  [/\bin [\d.]+ s, \d+ per second/g, "in 0.0 s, 0 per second"],
  [/(?<=Node\.js: )[\d.]+/g, "0.0.0"],
] as const;

export function normalise(text: string, { home, url }: Place): string {
  const { port } = new URL(url);
  const hidden = home.slice(home.lastIndexOf("-") + 1);
  const plain = text
    .replaceAll(hidden, "x".repeat(hidden.length))
    .replaceAll(new RegExp(`\\b${port}\\b`, "g"), "0".repeat(port.length))
    .replaceAll(TOKEN, (_all, prefix: string, secret: string) => prefix + "x".repeat(secret.length))
    .replaceAll(ID, (id) => id.replaceAll(HEX, "x"))
    .replaceAll(SHORT_ID, (id) => id.replaceAll(HEX, "x"))
    .replaceAll(HASH, (hash) => "x".repeat(hash.length))
    .replaceAll(RANDOM, (word) => (/[A-Z]/.test(word) ? "x".repeat(word.length) : word))
    .replaceAll(TIME, (time) => time.replaceAll(DIGIT, "0"));
  return MEASURED.reduce((all, [pattern, replacement]) => all.replaceAll(pattern, replacement), plain);
}
