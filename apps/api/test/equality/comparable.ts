import { readStream } from "../kit/index.ts";
import type { Heard } from "./exchange.ts";

/** Headers that differ between two equal answers: the time, the remaining attempts, and the framing of the bytes. */
const PASSED_OVER = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "ratelimit",
  "transfer-encoding",
]);

/**
 * Returns an answer in the form in which it is compared. An id or token that a server created is replaced by a number, in the order
 * of first occurrence; a value in `known` existed before and stays. Everything else must be identical, byte for byte.
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
  // The calls of a streamed batch end in any order.
  const isStream = lines.some((line) => line.startsWith("content-type: application/jsonl"));
  return [String(status), ...lines, "", isStream ? JSON.stringify(readStream(text)) : text]
    .join("\n")
    .replaceAll(UUID, named("id"))
    .replaceAll(TOKEN, named("token"))
    .replaceAll(TIME, "‹time›")
    .replaceAll(LAST_USE, '"lastUsedAt":"‹time or never›"')
    .replaceAll(MAIL, '"mailStatus":"‹waiting or sent›"')
    .replaceAll(WAIT, "$1‹seconds›")
    .replaceAll(MAX_AGE, "Max-Age=‹seconds›")
    .replaceAll(CURSOR, '"nextCursor":"‹cursor›"')
    .replaceAll(SUM, '"$1-‹sum›"')
    .replaceAll(CODE, "‹code›");
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TOKEN = /\bpj[a-z]_[\w-]+/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Each server writes it at a time of its own. */
const LAST_USE = /"lastUsedAt":(?:null|"‹time›")/g;
/** Each server sends its mails at a time of its own. */
const MAIL = /"mailStatus":"(?:waiting|sent)"/g;
/** The number of seconds until a limit allows the next call. */
const WAIT = /(retry-after: |"retryAfter":)\d+/g;
/** The time to the end of a session. A cookie that is deleted has 0. */
const MAX_AGE = /Max-Age=[1-9]\d*/g;
const CURSOR = /"nextCursor":"[\w-]+"/g;
/** The number of rows of a table, and a sum over the hashes of their ids. */
const SUM = /"(\d+)--?\d+"/g;
/** A hash, a salt or a signature. It may differ between the servers. */
const CODE = /(?<![\w+/-])[\w+/-]{32,}={0,2}/g;
