/**
 * Returns the text when it may stand in a header as one word. Otherwise a runtime would refuse it in words of its
 * own, which quote it: a token would be in the logs.
 *
 * @throws TypeError that does not hold the text
 */
export function checkHeaderText(text: string, what: string): string {
  if (typeof text === "string" && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new TypeError(
    `${what} must be printable ASCII without spaces or line breaks. Was a line break read with it from a file?`,
  );
}
