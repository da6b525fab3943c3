import { expect, it } from "vitest";
import { normalizePassword } from "./normalize-password.ts";

it("normalizes composed and decomposed characters to the same text", () => {
  expect(normalizePassword("e\u0301te\u0301")).toBe(normalizePassword("\u00e9t\u00e9"));
  expect(normalizePassword("\u1112\u1161\u11ab")).toBe(normalizePassword("\ud55c"));
});

it("replaces every Unicode space by the ASCII space", () => {
  for (const space of ["\u00a0", "\u2003", "\u202f", "\u3000"])
    expect(normalizePassword(`a${space}b`)).toBe("a b");
});

it("keeps case, width, length, and leading and trailing spaces", () => {
  expect(normalizePassword("  Stra\u00dfe \uff21 ")).toBe("  Stra\u00dfe \uff21 ");
  expect(normalizePassword("x".repeat(256))).toHaveLength(256);
});
