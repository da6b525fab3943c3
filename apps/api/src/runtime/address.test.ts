import { expect, it } from "vitest";
import { parseAddress } from "./address.ts";

it.each([
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
  ["0000:0000:0000:0000:0000:ffff:0.0.0.0", "0.0.0.0"],
  ["::ffff:255.255.255.255%eth0", "255.255.255.255"],
  ["192.0.2.1", "192.0.2.1"],
  ["fe80::1%eth0", "fe80::1"],
  // Other addresses that contain ffff.
  ["::1:ffff:192.0.2.1", "::1:ffff:192.0.2.1"],
  ["2001:db8:ffff::1", "2001:db8:ffff::1"],
  ["::ffff:0:192.0.2.1", "::ffff:0:192.0.2.1"],
  ["64:ff9b::192.0.2.1", "64:ff9b::192.0.2.1"],
  ["::1", "::1"],
])("writes the address %s as %s", (text, address) => {
  expect(parseAddress(text)).toBe(address);
});

it.each(["", "::ffff:", "::ffff:300.1.1.1", "192.0.2.1:80", "localhost", "[::1]"])(
  "refuses the text %j, which is no address",
  (text) => {
    expect(parseAddress(text)).toBeNull();
  },
);
