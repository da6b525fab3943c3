import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress, type Address } from "../runtime/address.ts";
import { createForwardedAddressOf, createIsTrusted } from "./address-of.ts";

const known = (text: string): Address => {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return address;
};
const proxy = known("10.0.0.1");
const isTrusted = createIsTrusted(["10.0.0.0/8", "fd00::/8"]);
const forwarded = createForwardedAddressOf(isTrusted);

describe("R4 the address of a request", () => {
  it.each([
    ["of a peer that is no proxy, whatever it says", "192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["of a proxy that says nothing", "10.0.0.1", undefined, "10.0.0.1"],
    ["of a proxy that says nothing in many words", "10.0.0.1", " , ,,", "10.0.0.1"],
    ["behind a proxy", "10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["behind two proxies", "10.0.0.1", "203.0.113.9, 10.2.0.1", "203.0.113.9"],
    ["the nearest one that is no proxy", "10.0.0.1", "198.51.100.7, 203.0.113.9, 10.2.0.1", "203.0.113.9"],
    ["of a proxy, where all are proxies", "10.0.0.1", "10.3.0.1, 10.2.0.1", "10.3.0.1"],
    ["without its zone", "10.0.0.1", "fe80::1%eth0", "fe80::1"],
    ["behind an IPv6 proxy", "fd00::1", "2001:db8::1", "2001:db8::1"],
    ["of the proxy, where it says what is no address", "10.0.0.1", "nobody", "10.0.0.1"],
    ["of the proxy, where it appends a port", "10.0.0.1", "203.0.113.9:443", "10.0.0.1"],
    ["of the proxy, where it writes brackets", "10.0.0.1", "[2001:db8::1]", "10.0.0.1"],
    ["of the proxy, where one before it says what is no address", "10.0.0.1", "nobody, 10.2.0.1", "10.0.0.1"],
  ])("%s", (_, peer, header, address) => {
    expect(forwarded(known(peer), header)).toBe(address);
  });

  it("F8 is an address for any header whatever, and nothing is thrown", () => {
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

describe("U9 an address", () => {
  it.each([undefined, "", " ", "nobody", "%", "%eth0", "1.2.3", "1.2.3.4 ", "::1]", "127.0.0.1:80"])(
    "is not made of %j",
    (text) => {
      expect(parseAddress(text)).toBeNull();
    },
  );
});
