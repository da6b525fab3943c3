// Where a request comes from. The peer's address is read when its connection opens, and never again: a connection that was
// reset has no remote address any more, and its request may still be waiting to be read.
import type { IncomingMessage } from "node:http";
import proxyAddress from "@fastify/proxy-addr";
import { parseAddress, type Address } from "../runtime/address.ts";

export type AddressOf = (request: IncomingMessage) => Address;

/** @param peer the other end of the connection */
export type ForwardedAddressOf = (peer: Address, forwardedFor: string | string[] | undefined) => Address;

/** Whether an address is one of the proxies in front. */
export type IsTrusted = (address: string) => boolean;

export function createIsTrusted(trustedProxies: readonly string[]): IsTrusted {
  if (trustedProxies.length === 0) return () => false;
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return (address) => isTrusted(address, 0);
}

/**
 * The nearest address that is not a trusted proxy's, from the connection backwards through `X-Forwarded-For`. A header that
 * holds something else than addresses says nothing: the request is then the peer's own. Never throws.
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

/** The entries of the header, the last first, without the empty ones. */
function hopsOf(forwardedFor: string | string[]): string[] {
  const text = typeof forwardedFor === "string" ? forwardedFor : forwardedFor.join(",");
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .toReversed();
}
