import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonError } from "./find-json-error.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("findJsonError", () => {
  it.each([
    ["", 0, "value"],
    ["{", 1, "key"],
    ['{"a"', 4, "colon"],
    ['{"a":', 5, "value"],
    ['{"a":1', 6, "separator"],
    ['{"a":1,}', 7, "key"],
    ["{'a':1}", 1, "key"],
    ["{a:1}", 1, "key"],
    ['{"a" 1}', 5, "colon"],
    ['{"a":1 "b":2}', 7, "separator"],
    ["[1,]", 3, "value"],
    ["[1}", 2, "separator"],
    ["{}{}", 2, "nothing"],
    ["01", 1, "nothing"],
    ["NaN", 0, "value"],
    ['"a\nb"', 2, "text"],
    [String.raw`"\x"`, 1, "text"],
    ['"open', 5, "text"],
    ["\u00a0{}", 0, "value"],
  ])("finds the error in %j at %d", (text, offset, expected) => {
    expect(findJsonError(text)).toEqual({ offset, expected });
  });

  it("finds an error in exactly the texts that JSON.parse refuses", () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom("", ",", "}", '"', "\\", "1", "e", "-", "]", "\n", ":", "t"),
      )
      .map(([json, at, inserted]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + inserted + json.slice(place + (at % 2));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
        expect(findJsonError(text) === null, text).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("finds the first error: the text before it can be continued to JSON", () => {
    const error = findJsonError('{"a":[1,2,x]}');
    expect(error?.offset).toBe(10);
    expect(isJson(`${'{"a":[1,2,x]}'.slice(0, 10)}0]}`)).toBe(true);
  });

  it("reads deep nesting without a stack overflow", () => {
    expect(findJsonError("[".repeat(100_000))?.offset).toBe(100_000);
    expect(findJsonError('{"a":'.repeat(20_000))?.offset).toBe(100_000);
  });
});
