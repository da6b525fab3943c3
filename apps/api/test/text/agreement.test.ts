// foldText of the SDK and projo_fold of the database are one function (docs/text.md).
import { foldText } from "@projostack/sdk";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const folded = async (texts: readonly string[]): Promise<string[]> => {
  const rows = await database.owner<{ folded: string }>(
    "SELECT projo_fold(text) AS folded FROM unnest($1::text[]) WITH ORDINALITY AS given (text, place) ORDER BY place",
    [texts],
  );
  return rows.map((row) => row.folded);
};

/** Letters whose case, accents or width differ, and characters that show nothing. */
const LETTERS = Array.from("aAbBeEéÉèiIİıíjJsSßẞſσςΣάΆᾳᾼϐβΒиИйЙёЁҐґაᲐꮳᏣ𐐀𐐨ﬁﬃ한글가日ガかｶＡａ１0 -%_'\\🙂👧❤");
const MARKS = [
  "\u0301",
  "\u0300",
  "\u0307",
  "\u0323",
  "\u0345",
  "\u0308",
  "\u3099",
  "\uff9e",
  "\u1161",
  "\u11a8",
];
const SILENT = [
  "\u200b",
  "\u200c",
  "\u200d",
  "\ufe0f",
  "\u00ad",
  "\u202e",
  "\u2066",
  "\ufeff",
  "\u034f",
  "\u3164",
];
const SPACES = [" ", "  ", "\t", "\u00a0", "\u3000", "\u2028", "\u2800"];

const textsOf = (parts: readonly string[]) => {
  const text = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((chosen) => chosen.join(""));
  return fc.array(fc.oneof(text, fc.string({ unit: "grapheme" })), { minLength: 300, maxLength: 300 });
};
const PARTS = [...LETTERS, ...LETTERS, ...MARKS, ...SILENT, ...SPACES];
const texts = textsOf(PARTS);
/** A change of case moves these marks to another place if other marks follow, which no writing system needs. */
const MOVING = ["\u0345", "ᾳ", "ᾼ", "\u3099", "\uff9e"];
const textsWithCase = textsOf(PARTS.filter((part) => !MOVING.includes(part)));

/** Other ways to write a text that are equal to it. */
const WRITINGS: Readonly<Record<string, (text: string) => string>> = {
  "decomposed form": (one) => one.normalize("NFD"),
  "composed form": (one) => one.normalize("NFC"),
  "upper case": (one) => one.normalize("NFC").toUpperCase(),
  "lower case": (one) => one.normalize("NFC").toLowerCase(),
  "invisible characters": (one) => `\u200b${Array.from(one).join("\u200d")}\ufeff`,
  "white space": (one) => `\u3000${one.replaceAll(" ", "\t \u00a0")}\n`,
};

describe("N9 foldText and projo_fold", () => {
  it("give the same result for every character", async () => {
    const all = Array.from({ length: 0x11_00_00 - 1 }, (_, n) => n + 1)
      .filter((point) => point < 0xd800 || point > 0xdfff)
      .map((point) => String.fromCodePoint(point));
    for (let at = 0; at < all.length; at += 50_000) {
      const part = all.slice(at, at + 50_000);
      // Node and the migration may know different versions of Unicode.
      const ours = await folded(part);
      const different = part.filter((one, nth) => ours[nth] !== foldText(one) && /\P{Cn}/u.test(one));
      expect(different).toEqual([]);
    }
  });

  it("give the same result for any text, and the same again for the result", async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (given) => {
        const ours = given.map(foldText);
        expect(await folded(given)).toEqual(ours);
        expect(ours.map(foldText)).toEqual(ours);
      }),
      { numRuns: 20 },
    );
  });

  it.each(Object.keys(WRITINGS))("do not depend on the %s of a text", async (writing) => {
    await fc.assert(
      fc.asyncProperty(writing.endsWith("case") ? textsWithCase : texts, async (given) => {
        const written = given.map((one) => WRITINGS[writing]?.(one) ?? "");
        expect(written.map(foldText)).toEqual(given.map(foldText));
        expect(await folded(written)).toEqual(given.map(foldText));
      }),
      { numRuns: 10 },
    );
  });
});
