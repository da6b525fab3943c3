import { expect, it } from "vitest";
import { networkOf, networksOf, widestNetworkOf } from "./network-of.ts";

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:c000:0201", "192.0.2.1"],
  ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["1.2.3.4:80", "unknown"],
  ["no address", "unknown"],
  ["", "unknown"],
])("counts %s as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it("R9 counts an IPv6 address in its /56 and its /48 too", () => {
  expect(networksOf("2001:db8:1:2ab::7")).toEqual({
    address: "2001:db8:1:2ab::/64",
    network56: "2001:db8:1:200::/56",
    network48: "2001:db8:1::/48",
  });
  expect(networksOf("2001:db8:1:2ff::").network56).toBe("2001:db8:1:200::/56");
  expect(networksOf("2001:db8:1:300::").network56).toBe("2001:db8:1:300::/56");
  expect(widestNetworkOf("2001:db8:1:ffff::7")).toBe("2001:db8:1::/48");
});

it("counts an IPv4 address in no wider network, also in IPv6 notation", () => {
  for (const address of ["192.0.2.1", "::ffff:192.0.2.1", "no address"]) {
    expect(networksOf(address)).toMatchObject({ network56: null, network48: null });
  }
  expect(widestNetworkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
});
