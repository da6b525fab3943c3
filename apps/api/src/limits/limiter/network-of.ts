import { isIPv4, isIPv6 } from "node:net";

/** The networks in which an address is counted. */
export interface Networks {
  /** The IPv4 address, or the /64 of an IPv6 address. */
  readonly address: string;
  /** The /56 of an IPv6 address; null for IPv4. */
  readonly network56: string | null;
  /** The /48 of an IPv6 address; null for IPv4. */
  readonly network48: string | null;
}

/**
 * Returns the networks of an address. IPv4 addresses are counted individually. IPv6 addresses are counted by their /64,
 * which is one link (RFC 4291), their /56, which is typical for a household (RFC 6177), and their /48, which is the largest
 * network that a site or a tunnel gets by default. IPv4-mapped IPv6 addresses (RFC 4291, 2.5.5.2) are counted as IPv4. All
 * texts that are not addresses share one count.
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

/** The network that counts as one address: the IPv4 address, or the /64 of an IPv6 address. */
export const networkOf = (address: string): string => networksOf(address).address;

/** The largest network that one peer is likely to hold: an IPv4 address, or the /48 of an IPv6 address. */
export function widestNetworkOf(address: string): string {
  const { address: narrowest, network48 } = networksOf(address);
  return network48 ?? narrowest;
}

const v4 = (address: string): Networks => ({ address, network56: null, network48: null });

const hex = (...groups: readonly number[]): string => groups.map((group) => group.toString(16)).join(":");

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser normalizes an address (RFC 5952): hexadecimal groups with at most one `::`.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = "", after] = text.split("::");
  const head = numbersIn(before);
  if (after === undefined) return head;
  const tail = numbersIn(after);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

const numbersIn = (text: string): number[] =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
