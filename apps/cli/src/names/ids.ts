/** The server accepts no shorter beginning of an id. */
const MIN_DIGITS = 4;
const ALL_DIGITS = 32;

/** Returns the id in the form of the server, from text in which it may have capital letters, braces or no hyphens. */
export function readId(text: string): string | undefined {
  const digits = digitsOf(text);
  return digits?.length === ALL_DIGITS ? hyphenated(digits) : undefined;
}

/** Returns the hexadecimal digits of the beginning of an id, if the text can be one: at least 4 of them. */
export function readIdPrefix(text: string): string | undefined {
  const digits = digitsOf(text);
  return digits !== undefined && digits.length >= MIN_DIGITS ? digits : undefined;
}

/** Returns the objects whose ids begin with this text. */
export function withIdPrefix<T extends { readonly id: string }>(objects: readonly T[], text: string): T[] {
  const digits = readIdPrefix(text);
  return digits === undefined ? [] : objects.filter(({ id }) => id.replaceAll("-", "").startsWith(digits));
}

/** A table may have cut the id off with an ellipsis. */
function digitsOf(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^\{(.*)\}$/, "$1")
    .replace(/(?:…|\.\.\.)$/, "")
    .replace(/-$/, "")
    .trim()
    .toLowerCase();
  if (!/^[0-9a-f][0-9a-f-]*$/.test(bare)) return undefined;
  const digits = bare.replaceAll("-", "");
  const isWritten = bare === digits || hyphenated(digits) === bare;
  return isWritten && digits.length <= ALL_DIGITS ? digits : undefined;
}

/** Writes hyphens after the digits 8, 12, 16 and 20. */
const hyphenated = (digits: string): string =>
  [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)]
    .filter((group) => group !== "")
    .join("-");
