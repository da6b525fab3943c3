const LONGEST = 80;

/** A name that somebody else chose, as it may stand in a sentence. */
export const quoted = (name: string): string => `"${inSubject(name)}"`;

/**
 * The same in a subject, without the quotes. Whoever reads it never heard of them, perhaps: so it is on one line, of
 * bounded length, and such that no mail program makes a link of it.
 */
export function inSubject(name: string): string {
  const oneLine = name
    // Line breaks and other controls, and the marks that turn the direction of the text around them.
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replaceAll('"', "'")
    .trim();
  const characters = Array.from(oneLine);
  const bounded = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : oneLine;
  // A domain, an address or a path is known by what stands without a blank behind its dots, colons, slashes and at
  // signs; the last three are other writing systems' dots, which a domain may hold as well (RFC 3490, section 3.1).
  return bounded.replaceAll(/[./:@\\\u3002\uff0e\uff61](?=\S)/g, "$& ");
}
