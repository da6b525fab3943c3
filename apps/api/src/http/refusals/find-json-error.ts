// Finds the first error in a text that JSON.parse refused. JSON.parse itself reports no position for some errors, and its
// messages quote the text, which can contain a password. The scan is iterative, so that deep nesting cannot overflow the
// stack, and reads each character once. The grammar is that of RFC 8259.

export interface JsonError {
  /** The offset of the unexpected character. It is the length of the text if the text ends too early. */
  readonly offset: number;
  /** What the grammar requires at the offset. */
  readonly expected: Expected;
}

type Expected = "value" | "key" | "colon" | "separator" | "nothing" | "text";

/** Returns the first error, or null if the text is well-formed JSON. */
export function findJsonError(text: string): JsonError | null {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  /** Whether the innermost object or list may end here: it is empty so far. */
  let mayClose = false;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const letter = text[at] ?? "";
    const closes = letter === (open.at(-1) === "{" ? "}" : "]") && open.length > 0;
    if (closes && (expected === "separator" || mayClose)) {
      open.pop();
      at += 1;
    } else if (expected === "separator" && letter === ",") {
      expected = open.at(-1) === "{" ? "key" : "value";
      mayClose = false;
      at += 1;
      continue;
    } else if (expected === "colon" && letter === ":") {
      expected = "value";
      at += 1;
      continue;
    } else if (expected === "value" && (letter === "{" || letter === "[")) {
      open.push(letter);
      expected = letter === "{" ? "key" : "value";
      mayClose = true;
      at += 1;
      continue;
    } else if (expected === "value" || expected === "key") {
      const end = letter === '"' ? endOfText(text, at) : expected === "value" ? endOfScalar(text, at) : at;
      if (end === at) return { offset: at, expected };
      // A negative end is the position of the error inside a text.
      if (end < 0) return { offset: -end, expected: "text" };
      at = end;
      if (expected === "key") {
        expected = "colon";
        mayClose = false;
        continue;
      }
    } else {
      return { offset: at, expected };
    }
    mayClose = false;
    expected = open.length === 0 ? "nothing" : "separator";
  }
  return expected === "nothing" ? null : { offset: text.length, expected };
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.test(text);
  return SPACE.lastIndex;
}

/** Returns the offset after the number, true, false or null, or the same offset if there is none. */
function endOfScalar(text: string, from: number): number {
  SCALAR.lastIndex = from;
  return SCALAR.test(text) ? SCALAR.lastIndex : from;
}

/** Returns the offset after the closing quote, or the negative offset of the error. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code < FIRST_PRINTABLE) return -at;
    if (code === BACKSLASH) {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return -at;
      at = ESCAPE.lastIndex - 1;
    }
  }
  return -text.length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
