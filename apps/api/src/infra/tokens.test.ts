import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { mutationsOf } from "../../test/sessions/mutations.ts";
import { parseKeyRing } from "./key-ring.ts";
import {
  formatAccessToken,
  formatOneTimeToken,
  formatRefreshToken,
  parseAccessToken,
  parseOneTimeToken,
  parseRefreshToken,
} from "./tokens.ts";

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString("base64url");
const keys = parseKeyRing(`2:${keyOf(2)},1:${keyOf(1)}`);
const salt = randomBytes(32);
const claims = { sessionId: randomUUID(), generation: 7, expiresAtSeconds: 1_900_000_000 };
const { expiresAtSeconds: _, ...refreshClaims } = claims;
const oneTime = { id: randomUUID(), purpose: "email.verify" };

const kinds = [
  {
    kind: "an access token",
    token: formatAccessToken(keys, salt, claims),
    isGood: (text: string) => parseAccessToken(text)?.isGenuine(keys, salt) ?? false,
  },
  {
    kind: "a refresh token",
    token: formatRefreshToken(keys, salt, refreshClaims),
    isGood: (text: string) => parseRefreshToken(text)?.isGenuine(keys, salt) ?? false,
  },
  {
    kind: "a token for one use",
    token: formatOneTimeToken(keys, salt, oneTime),
    isGood: (text: string) => parseOneTimeToken(text, oneTime.purpose)?.isGenuine(keys, salt) ?? false,
  },
];

describe.each(kinds)("$kind", ({ token, isGood }) => {
  it("is good as it was given out, and its claims are what they were", () => {
    expect(isGood(token)).toBe(true);
    expect(parseAccessToken(formatAccessToken(keys, salt, claims))?.claims).toEqual(claims);
    expect(parseRefreshToken(formatRefreshToken(keys, salt, refreshClaims))?.claims).toEqual(refreshClaims);
  });

  it("S11 is good in none of 10,000 random changes, none of which throws", () => {
    const changed = mutationsOf(token, 10_000, 1815);
    expect(changed).toHaveLength(10_000);
    expect(changed.filter((text) => isGood(text))).toEqual([]);
  });

  it("S11 is not good with any bit of it flipped", () => {
    const bytes = Buffer.from(token.slice(4), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isGood(token.slice(0, 4) + flipped.toString("base64url"))).toBe(false);
    }
  });

  it("S5 is good as no other kind, also under the other's name", () => {
    for (const other of kinds.filter((kind) => kind.token !== token)) {
      expect(other.isGood(token)).toBe(false);
      expect(other.isGood(other.token.slice(0, 4) + token.slice(4))).toBe(false);
    }
  });
});

it("S1 a token is good with its own salt and key alone", () => {
  const parsed = parseRefreshToken(formatRefreshToken(keys, salt, refreshClaims));
  expect(parsed?.isGenuine(keys, salt)).toBe(true);
  expect(parsed?.isGenuine(keys, randomBytes(32))).toBe(false);
  expect(parsed?.isGenuine(parseKeyRing(`2:${keyOf(3)}`), salt)).toBe(false);
  expect(parsed?.isGenuine(parseKeyRing(`3:${keyOf(2)}`), salt)).toBe(false);
});

it("S5 the code covers the kind's name: made for the same bytes without it, or with another's, it is no code", () => {
  const bytes = Buffer.from(formatRefreshToken(keys, salt, refreshClaims).slice(4), "base64url");
  const body = bytes.subarray(0, -32);
  const withCodeOver = (name: string) => {
    const code = keys.mac(keys.newestKid, salt, Buffer.concat([Buffer.from(name), body])) ?? Buffer.alloc(32);
    return parseRefreshToken(`pjr_${Buffer.concat([body, code]).toString("base64url")}`);
  };
  expect(withCodeOver("pjr_\0")?.isGenuine(keys, salt)).toBe(true);
  for (const name of ["", "\0", "pja_\0", "pjo_\0"]) {
    expect(withCodeOver(name)?.isGenuine(keys, salt)).toBe(false);
  }
});

it("A8 a token for one use is good for its purpose alone", () => {
  expect(
    parseOneTimeToken(formatOneTimeToken(keys, salt, oneTime), "password.reset")?.isGenuine(keys, salt),
  ).toBe(false);
});

it("the newest key signs, and the same token is made again from the same claims", () => {
  const token = formatRefreshToken(keys, salt, refreshClaims);
  expect(Buffer.from(token.slice(4), "base64url").readUInt16BE(0)).toBe(2);
  expect(formatRefreshToken(keys, salt, refreshClaims)).toBe(token);
});
