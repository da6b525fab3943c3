import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress, type Address } from "../runtime/address.ts";
import { createForwardedAddressOf, createIsTrusted } from "./address-of.ts";

const known = (text: string): Address => {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is not an address`);
  return address;
};
const proxy = known("10.0.0.1");
const isTrusted = createIsTrusted(["10.0.0.0/8", "fd00::/8"]);
const forwarded = createForwardedAddressOf(isTrusted);

describe("R4 the address of a request", () => {
  it.each([
    ["a header from an untrusted peer", "192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["no header", "10.0.0.1", undefined, "10.0.0.1"],
    ["a header with empty entries only", "10.0.0.1", " , ,,", "10.0.0.1"],
    ["one proxy", "10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["two proxies", "10.0.0.1", "203.0.113.9, 10.2.0.1", "203.0.113.9"],
    [
      "entries before the nearest untrusted one",
      "10.0.0.1",
      "198.51.100.7, 203.0.113.9, 10.2.0.1",
      "203.0.113.9",
    ],
    ["proxies only", "10.0.0.1", "10.3.0.1, 10.2.0.1", "10.3.0.1"],
    ["an address with a zone", "10.0.0.1", "fe80::1%eth0", "fe80::1"],
    ["an IPv6 proxy", "fd00::1", "2001:db8::1", "2001:db8::1"],
    ["an entry that is not an address", "10.0.0.1", "nobody", "10.0.0.1"],
    ["an entry with a port", "10.0.0.1", "203.0.113.9:443", "10.0.0.1"],
    ["an entry in brackets", "10.0.0.1", "[2001:db8::1]", "10.0.0.1"],
    ["an earlier entry that is not an address", "10.0.0.1", "nobody, 10.2.0.1", "10.0.0.1"],
  ])("is resolved with %s", (_, peer, header, address) => {
    expect(forwarded(known(peer), header)).toBe(address);
  });

  it("F8 every header resolves to an address without an error", () => {
    const part = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom("", " ", "10.1.1.1", "%", "::", "::%"),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        expect(parseAddress(forwarded(proxy, parts.join(",")))).not.toBeNull();
        expect(parseAddress(forwarded(proxy, parts))).not.toBeNull();
      }),
    );
  });
});

describe("U9 parseAddress", () => {
  it.each([undefined, "", " ", "nobody", "%", "%eth0", "1.2.3", "1.2.3.4 ", "::1]", "127.0.0.1:80"])(
    "rejects %j",
    (text) => {
      expect(parseAddress(text)).toBeNull();
    },
  );
});
