// A6: a key that a person wrote is refused, and a key of a generator is accepted.
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseKeyPairs } from "./key-pairs.ts";
import { weaknessOf } from "./key-weakness.ts";

const encodedOf = (key: Uint8Array): string => Buffer.from(key).toString("base64url");
const weaknessIn = (encoded: string): string | null => {
  const [pair] = parseKeyPairs(`1:${encoded}`);
  return weaknessOf(pair);
};

describe("A6 weak keys", () => {
  it.each([
    ["32 zero bytes", Buffer.alloc(32), "all its bytes are equal"],
    ["equal bytes", Buffer.alloc(48, 0xa7), "all its bytes are equal"],
    [
      "a repeated half",
      Buffer.concat([Buffer.alloc(16, "0123456789abcdef"), Buffer.alloc(16, "0123456789abcdef")]),
      "it repeats a pattern of 16 bytes",
    ],
    [
      "a pattern with a rest",
      Buffer.alloc(35, "\u0001\u0002\u0003\u0004"),
      "it repeats a pattern of 4 bytes",
    ],
    [
      "0, 1, 2 and so on",
      Buffer.from(Array.from({ length: 32 }, (_, place) => place)),
      "each of its bytes differs from the next by the same number",
    ],
    [
      "255, 252, 249 and so on",
      Buffer.from(Array.from({ length: 40 }, (_, place) => (255 - 3 * place) & 0xff)),
      "each of its bytes differs from the next by the same number",
    ],
    [
      "a short secret with zero bytes",
      Buffer.concat([randomBytes(12), Buffer.alloc(20)]),
      /^it has only 1\d different bytes$/,
    ],
    [
      "a password in base64",
      Buffer.from("Correct-Horse_battery staple 2026!"),
      "it decodes to text, not to random bytes",
    ],
  ] as const)("%s", (_, key, weakness) => {
    expect(weaknessIn(encodedOf(key))).toMatch(weakness);
  });

  it.each([
    "correct-horse-battery-staple-correct-horse-staple",
    "REPLACE-THIS-KEY-BEFORE-YOU-START-THE-SERVER-1234",
  ])("the words %s", (encoded) => {
    expect(weaknessIn(encoded)).toBe("it is written in letters of one case, as words are");
  });

  it("hexadecimal digits of weak bytes", () => {
    expect(weaknessIn("00".repeat(32))).toBe("it repeats a pattern of 3 bytes");
    expect(weaknessIn(encodedOf(Buffer.from("00".repeat(32))))).toBe("all its bytes are equal");
  });

  it("accepts random keys in every form that generators print", () => {
    for (let round = 0; round < 500; round++) {
      const key = randomBytes(32);
      const digits = key.toString("hex");
      const forms = [
        encodedOf(key),
        encodedOf(randomBytes(64)),
        digits,
        encodedOf(Buffer.from(`${digits}\n`)),
      ];
      expect(forms.map(weaknessIn), digits).toEqual([null, null, null, null]);
    }
  });
});
