import { describe, expect, it } from "vitest";
import { traceIdOf } from "./trace-id.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

describe("traceIdOf", () => {
  it.each([
    `00-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-00`,
    `cc-${TRACE}-${PARENT}-01-what-the-future-adds`,
  ])("returns the trace id of %s", (header) => {
    expect(traceIdOf(header)).toBe(TRACE);
  });

  it.each([
    ["no header", undefined],
    ["an empty header", ""],
    ["two headers", `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
    ["two values", [`00-${TRACE}-${PARENT}-01`]],
    ["an invalid version", `ff-${TRACE}-${PARENT}-01`],
    ["more fields than version 00 has", `00-${TRACE}-${PARENT}-01-more`],
    ["a trace id of zeros", `00-${"0".repeat(32)}-${PARENT}-01`],
    ["a parent id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["capital letters", `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ["a short trace id", `00-${TRACE.slice(1)}-${PARENT}-01`],
    ["a line break", `00-${TRACE}-${PARENT}-01\n`],
    ["another text", "00-zz-zz-zz"],
  ])("returns nothing for %s", (_, header) => {
    expect(traceIdOf(header)).toBeUndefined();
  });
});
