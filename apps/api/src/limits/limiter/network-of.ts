import { isIPv4, isIPv6 } from "node:net";

/** The networks that an address is counted in. */
export interface Networks {
  /** An IPv4 address as it is, or the /64 of an IPv6 address. */
  readonly address: string;
  /** Of an IPv6 address alone, as is the next. */
  readonly network56: string | null;
  readonly network48: string | null;
}

/**
 * IPv4 is counted as it is, IPv6 by its /64, which is one link (RFC 4291), its /56, which is a household's (RFC 6177), and its
 * /48, which is the most that a site or a tunnel is given without asking. IPv4 written as IPv6 (RFC 4291, 2.5.5.2) is the IPv4
 * that it is. What is no address is counted as one.
 */
export function networksOf(address: string): Networks {
  if (isIPv4(address)) return v4(address);
  const [bare = ""] = address.split("%", 1);
  if (!isIPv6(bare)) return v4("unknown");
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return v4([high >> 8, high & 255, low >> 8, low & 255].join("."));
  const [a = 0, b = 0, c = 0, d = 0] = groups;
  return {
    address: `${hex(a, b, c, d)}::/64`,
    network56: `${hex(a, b, c, d & 0xff00)}::/56`,
    network48: `${hex(a, b, c)}::/48`,
  };
}

/** The network in which an address is known to belong to an account. */
export const networkOf = (address: string): string => networksOf(address).address;

/** All that one peer is likely to have: an IPv4 address, or the /48 of an IPv6 address. */
export function widestNetworkOf(address: string): string {
  const { address: narrowest, network48 } = networksOf(address);
  return network48 ?? narrowest;
}

const v4 = (address: string): Networks => ({ address, network56: null, network48: null });

const hex = (...groups: readonly number[]): string => groups.map((group) => group.toString(16)).join(":");

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser writes an address in one form (RFC 5952): in hexadecimal, with at most one gap.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = "", after] = text.split("::");
  const head = numbersIn(before);
  if (after === undefined) return head;
  const tail = numbersIn(after);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

const numbersIn = (text: string): number[] =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
