// The one place that makes an Address. The cast below is the only one: everything else takes the type, so no text that
// has not been checked here is counted, logged or put on record as an address.
import { isIP } from "node:net";

declare const checked: unique symbol;

/** An IPv4 or IPv6 address as text, without a zone. Never empty. */
export type Address = string & { readonly [checked]: true };

/** Checks a text. A zone (RFC 4007), which only the machine itself understands, is dropped. Null when it is no address. */
export function parseAddress(text: string | undefined): Address | null {
  if (text === undefined) return null;
  const zone = text.indexOf("%");
  const bare = zone === -1 ? text : text.slice(0, zone);
  return isIP(bare) === 0 ? null : (bare as Address);
}
