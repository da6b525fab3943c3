/** The value of a cookie in a request: its text, `none`, or `several` if it occurs with different values. */
export type SentCookie = { readonly value: string } | "none" | "several";

/**
 * Reads a cookie from the `cookie` header (RFC 6265, section 4.2). Names are compared exactly, and a value in double quotes is
 * read without them. A browser sends two cookies of one name if another host of the domain has set one: the server cannot know
 * which is its own, so it uses neither.
 */
export function readCookie(header: string | undefined, name: string): SentCookie {
  let found: string | null = null;
  for (const pair of header?.split(";") ?? []) {
    const end = pair.indexOf("=");
    if (end === -1 || pair.slice(0, end).trim() !== name) continue;
    const value = pair
      .slice(end + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
    if (found !== null && found !== value) return "several";
    found = value;
  }
  return found === null ? "none" : { value: found };
}
