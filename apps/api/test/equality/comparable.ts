import type { Heard } from "./exchange.ts";

/** What tells two equal answers apart: the time of day, how many tries are left, and how the bytes are framed. */
const PASSED_OVER = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "ratelimit",
  "transfer-encoding",
]);

/**
 * An answer as it is compared. What each server made for itself, an id or a token, is named by the place where it is met
 * first; what was there before, `known`, stays as it is. All else must be the same, to the byte.
 */
export function comparable({ status, headers, text }: Heard, known: ReadonlySet<string>): string {
  const places = new Map<string, string>();
  const named = (kind: string) => (made: string) => {
    if (known.has(made)) return made;
    const place = places.get(made) ?? `‹${kind} ${places.size + 1}›`;
    places.set(made, place);
    return place;
  };
  const lines = headers
    .filter(([name]) => !PASSED_OVER.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .toSorted();
  return [String(status), ...lines, "", text]
    .join("\n")
    .replaceAll(UUID, named("id"))
    .replaceAll(TOKEN, named("token"))
    .replaceAll(TIME, "‹time›")
    .replaceAll(LAST_USE, '"lastUsedAt":"‹time or never›"')
    .replaceAll(WAIT, "$1‹seconds›")
    .replaceAll(CURSOR, '"nextCursor":"‹cursor›"')
    .replaceAll(CODE, "‹code›");
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TOKEN = /\bpj[a-z]_[\w-]+/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** It is noted from time to time, by each server in its own. */
const LAST_USE = /"lastUsedAt":(?:null|"‹time›")/g;
/** How long until a limit lets go. */
const WAIT = /(retry-after: |"retryAfter":)\d+/g;
const CURSOR = /"nextCursor":"[\w-]+"/g;
/** A hash, a salt or a signature: two of one moment may be the same, or not. */
const CODE = /(?<![\w+/-])[\w+/-]{32,}={0,2}/g;
