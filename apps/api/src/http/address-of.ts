import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import proxyAddress from "@fastify/proxy-addr";

export type AddressOf = (request: IncomingMessage) => string;

/**
 * Where a request comes from: its connection's other end, or what a trusted proxy says is behind it. A proxy that
 * says what is no address is itself taken for the caller. A zone, which only the machine itself understands, goes.
 * @param trustedProxies whose `x-forwarded-for` is believed
 */
export function addressing(trustedProxies: readonly string[]): AddressOf {
  if (trustedProxies.length === 0) return connected;
  const isTrusted = proxyAddress.compile([...trustedProxies]);
  return (request) => {
    const said = withoutZone(proxyAddress(request, isTrusted));
    return isIP(said) === 0 ? connected(request) : said;
  };
}

const connected: AddressOf = ({ socket }) => withoutZone(socket.remoteAddress ?? "");

const withoutZone = (address: string): string =>
  address.includes("%") ? address.slice(0, address.indexOf("%")) : address;
