import { isIPv4, isIPv6 } from "node:net";

/**
 * What is counted as one address: IPv4 as it is, IPv6 by its /64, the least that one customer is given (RFC 6177),
 * and IPv4 written as IPv6 (RFC 4291, 2.5.5.2) as the IPv4 that it is. What is no address is counted as one.
 */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address;
  const [bare = ""] = address.split("%", 1);
  if (!isIPv6(bare)) return "unknown";
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

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
