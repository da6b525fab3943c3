// Every type, field, resource and method that the SDK generates has a docstring, which the editor shows.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (file: string): string[] =>
  readFileSync(new URL(`../src/generated/${file}`, import.meta.url), "utf8").split("\n");

/** The beginning of a declaration. The lines of parameters end with a comma. */
const DECLARATION =
  /^\s*(?:export (?:interface|type) \w|(?:readonly )?(?:\w+|"[^"]+")\??(?:: .*[;{|[<]$|:$|\())/;

/** Returns the declarations without a docstring, as `line: text`. */
function undocumented(lines: readonly string[]): string[] {
  return lines.flatMap((line, at) => {
    const isDocumented = lines[at - 1]?.trim().endsWith("*/") ?? false;
    return DECLARATION.test(line) && !isDocumented ? [`${at + 1}: ${line.trim()}`] : [];
  });
}

describe.each(["types.ts", "api.ts"])("%s", (file) => {
  const lines = read(file);

  it("the file has a docstring for every declaration", () => {
    expect(lines.filter((line) => DECLARATION.test(line)).length).toBeGreaterThan(50);
    expect(undocumented(lines)).toEqual([]);
  });

  it("ends no docstring early, so that every version of TypeScript reads it", () => {
    const ends = lines.filter((line) => line.includes("*/") && !line.trim().endsWith("*/"));
    expect(ends).toEqual([]);
  });
});

describe("a method", () => {
  const text = read("api.ts").join("\n");
  const docs = [...text.matchAll(/ {4}\/\*\*\n((?: {5}\*.*\n)+) {5}\*\/\n {4}(\w+)\(/g)];

  it("names its callers, the reasons of its failures and an example", () => {
    expect(docs.length).toBeGreaterThan(40);
    for (const [, doc = "", verb] of docs) {
      expect(doc, verb).toMatch(
        /Requires (?:the permission|a signed-in user|a service key)|Anyone can call it/,
      );
      expect(doc, verb).toMatch(/@throws \{ProjoError\} .*[\s\S]*`server\.internal`/);
      expect(doc, verb).toMatch(/@example\n.*```ts\n.*await client\./);
    }
  });
});

describe("the check of docstrings", () => {
  it.each([
    ["a field", ["/** A note. */", "export interface Note {", "  text: string;"]],
    ["a type", ["export type Note = string;"]],
    ["a method", ["/** Notes. */", "readonly notes: {", "  get(input: Note): Promise<Note>;"]],
    ["a field with an inline object", ["/** A note. */", "export interface Note {", "  text: {"]],
  ])("finds %s without one", (_, lines) => {
    expect(undocumented(lines)).toHaveLength(1);
  });
});
