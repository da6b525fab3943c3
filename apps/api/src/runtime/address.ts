// The only place that creates an Address. All other code takes this type, so only validated text is counted, logged or
// recorded as an address. This is why the cast below exists.
import { isIP } from "node:net";

declare const checked: unique symbol;

/** An IPv4 or IPv6 address as text, without a zone. Never empty. */
export type Address = string & { readonly [checked]: true };

/**
 * Parses an address; null when the text is not one. The zone (RFC 4007), which is meaningful only on this machine, is
 * removed.
 */
export function parseAddress(text: string | undefined): Address | null {
  if (text === undefined) return null;
  const zone = text.indexOf("%");
  const bare = zone === -1 ? text : text.slice(0, zone);
  return isIP(bare) === 0 ? null : (bare as Address);
}
