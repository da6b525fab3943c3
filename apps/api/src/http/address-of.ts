// Determines the client address of a request. The peer's address is read once, when the connection opens: a connection that
// was reset has no remote address any more, but its request may still be processed.
import type { IncomingMessage } from "node:http";
import proxyAddress from "@fastify/proxy-addr";
import { parseAddress, type Address } from "../runtime/address.ts";

export type AddressOf = (request: IncomingMessage) => Address;

/** @param peer the address of the other end of the connection */
export type ForwardedAddressOf = (peer: Address, forwardedFor: string | string[] | undefined) => Address;

/** Whether an address belongs to a trusted proxy. */
export type IsTrusted = (address: string) => boolean;

export function createIsTrusted(trustedProxies: readonly string[]): IsTrusted {
  if (trustedProxies.length === 0) return () => false;
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return (address) => isTrusted(address, 0);
}

/**
 * Returns the nearest address that is not a trusted proxy, from the peer backwards through `X-Forwarded-For`. If an entry
 * on the way is not an address, the header is ignored and the peer's address is returned. Never throws.
 */
export function createForwardedAddressOf(isTrusted: IsTrusted): ForwardedAddressOf {
  return (peer, forwardedFor) => {
    if (forwardedFor === undefined || !isTrusted(peer)) return peer;
    let nearest = peer;
    for (const hop of hopsOf(forwardedFor)) {
      const address = parseAddress(hop);
      if (!address) return peer;
      nearest = address;
      if (!isTrusted(address)) break;
    }
    return nearest;
  };
}

/** The non-empty entries of the header, last entry first. */
function hopsOf(forwardedFor: string | string[]): string[] {
  const text = typeof forwardedFor === "string" ? forwardedFor : forwardedFor.join(",");
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .toReversed();
}
