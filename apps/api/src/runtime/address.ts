// The only place that creates an Address. All other code takes this type, so only validated text is counted, logged or
// recorded as an address. This is why the cast below exists.
import { isIP } from "node:net";

declare const checked: unique symbol;

/** An IPv4 or IPv6 address as text, without a zone. Never empty, and never an IPv4-mapped IPv6 address. */
export type Address = string & { readonly [checked]: true };

/**
 * Parses an address; null when the text is not one. The zone (RFC 4007), which is meaningful only on this machine, is
 * removed. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) becomes the IPv4 address: on a socket for both versions, the
 * system writes every IPv4 address in this form.
 */
export function parseAddress(text: string | undefined): Address | null {
  if (text === undefined) return null;
  const zone = text.indexOf("%");
  const bare = zone === -1 ? text : text.slice(0, zone);
  return isIP(bare) === 0 ? null : (unmapped(bare) as Address);
}

function unmapped(address: string): string {
  if (!/:ffff:/i.test(address)) return address;
  // The URL parser writes the address in its shortest form, with the last 32 bits as two groups.
  const { hostname } = new URL(`http://[${address}]`);
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return address;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${first >> 8}.${first & 0xff}.${second >> 8}.${second & 0xff}`;
}
