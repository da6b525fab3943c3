import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { mutationsOf } from "../../../test/sessions/mutations.ts";
import { parseKeyRing } from "../key-ring.ts";
import {
  formatAccessToken,
  formatOneTimeToken,
  formatRefreshToken,
  parseAccessToken,
  parseOneTimeToken,
  parseRefreshToken,
  type TokenForm,
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
    isGenuine: (text: string) => parseAccessToken(text)?.isGenuine(keys, salt) ?? false,
  },
  {
    kind: "a refresh token",
    token: formatRefreshToken(keys, salt, refreshClaims),
    isGenuine: (text: string) => parseRefreshToken(text)?.isGenuine(keys, salt) ?? false,
  },
  {
    kind: "a one-time token",
    token: formatOneTimeToken(keys, salt, oneTime),
    isGenuine: (text: string) => parseOneTimeToken(text, oneTime.purpose)?.isGenuine(keys, salt) ?? false,
  },
];

describe.each(kinds)("$kind", ({ token, isGenuine }) => {
  it("an issued token is genuine and keeps its claims", () => {
    expect(isGenuine(token)).toBe(true);
    expect(parseAccessToken(formatAccessToken(keys, salt, claims))?.claims).toEqual(claims);
    expect(parseRefreshToken(formatRefreshToken(keys, salt, refreshClaims))?.claims).toEqual(refreshClaims);
  });

  it("S11 no token is genuine after any of 10,000 random changes, and parsing never throws", () => {
    const changed = mutationsOf(token, 10_000, 1815);
    expect(changed).toHaveLength(10_000);
    expect(changed.filter((text) => isGenuine(text))).toEqual([]);
  });

  it("S11 no token is genuine with any bit flipped", () => {
    const bytes = Buffer.from(token.slice(4), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isGenuine(token.slice(0, 4) + flipped.toString("base64url"))).toBe(false);
    }
  });

  it("S5 no token is genuine as another kind, also with the other kind's prefix", () => {
    for (const other of kinds.filter((kind) => kind.token !== token)) {
      expect(other.isGenuine(token)).toBe(false);
      expect(other.isGenuine(other.token.slice(0, 4) + token.slice(4))).toBe(false);
    }
  });
});

it("S1 a token is genuine only with its own salt and key", () => {
  const parsed = parseRefreshToken(formatRefreshToken(keys, salt, refreshClaims));
  expect(parsed?.isGenuine(keys, salt)).toBe(true);
  expect(parsed?.isGenuine(keys, randomBytes(32))).toBe(false);
  expect(parsed?.isGenuine(parseKeyRing(`2:${keyOf(3)}`), salt)).toBe(false);
  expect(parsed?.isGenuine(parseKeyRing(`3:${keyOf(2)}`), salt)).toBe(false);
});

it("S5 the code covers the prefix: a code over the same bytes without it, or with another prefix, is invalid", () => {
  const bytes = Buffer.from(formatRefreshToken(keys, salt, refreshClaims).slice(4), "base64url");
  const body = bytes.subarray(0, -(32 + 12));
  const withCodeOver = (name: string) => {
    const message = Buffer.concat([Buffer.from(`${name}checked\0`), body]);
    const code = keys.mac(keys.newestKid, salt, message) ?? Buffer.alloc(32);
    const checked = Buffer.concat([Buffer.from("pjr_\0checked\0"), body, code]);
    const check = keys.check(keys.newestKid, "token check", checked)?.subarray(0, 12) ?? Buffer.alloc(12);
    return parseRefreshToken(`pjr_${Buffer.concat([body, code, check]).toString("base64url")}`);
  };
  expect(withCodeOver("pjr_\0")?.isGenuine(keys, salt)).toBe(true);
  for (const name of ["", "\0", "pja_\0", "pjo_\0"]) {
    expect(withCodeOver(name)?.isGenuine(keys, salt)).toBe(false);
  }
});

it("A8 a one-time token is genuine only for its purpose", () => {
  expect(
    parseOneTimeToken(formatOneTimeToken(keys, salt, oneTime), "password.reset")?.isGenuine(keys, salt),
  ).toBe(false);
});

const issueAll = (form?: TokenForm) => [
  parseAccessToken(formatAccessToken(keys, salt, claims, form)),
  parseRefreshToken(formatRefreshToken(keys, salt, refreshClaims, form)),
  parseOneTimeToken(formatOneTimeToken(keys, salt, oneTime, form), oneTime.purpose),
];

describe("the check", () => {
  it("I14 S1 the check proves, with the server's key only, that the server issued a token", () => {
    for (const parsed of issueAll()) {
      expect(parsed?.form).toBe("checked");
      expect(parsed?.isIssued(keys)).toBe(true);
      expect(parsed?.isIssued(parseKeyRing(`2:${keyOf(3)}`))).toBe(false);
      expect(parsed?.isIssued(parseKeyRing(`3:${keyOf(2)}`))).toBe(false);
      // The check alone does not make a token genuine. That needs the salt of its row.
      expect(parsed?.isGenuine(keys, randomBytes(32))).toBe(false);
    }
  });

  it("I14 S11 the check fails with any bit of the token flipped, so that no such token reaches the database", () => {
    const token = formatAccessToken(keys, salt, claims);
    const bytes = Buffer.from(token.slice(4), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parseAccessToken(`pja_${flipped.toString("base64url")}`)?.isIssued(keys)).toBe(false);
    }
  });

  it("S5 A8 a check is valid for one kind and one purpose only", () => {
    const [access, refresh] = [
      formatAccessToken(keys, salt, claims),
      formatRefreshToken(keys, salt, refreshClaims),
    ];
    expect(parseAccessToken(`pja_${refresh.slice(4)}`)?.isIssued(keys) ?? false).toBe(false);
    expect(parseRefreshToken(`pjr_${access.slice(4)}`)?.isIssued(keys) ?? false).toBe(false);
    const mailed = formatOneTimeToken(keys, salt, oneTime);
    expect(parseOneTimeToken(mailed, "password.reset")?.isIssued(keys)).toBe(false);
  });

  it("plain tokens have no check: the salted code makes them genuine, and they never count as issued", () => {
    for (const parsed of issueAll("plain")) {
      expect(parsed?.form).toBe("plain");
      expect(parsed?.isIssued(keys)).toBe(false);
      expect(parsed?.isGenuine(keys, salt)).toBe(true);
      expect(parsed?.isGenuine(keys, randomBytes(32))).toBe(false);
    }
  });

  it("S11 the rest of a token without its check is not a genuine plain token", () => {
    for (const [at, token] of [
      formatAccessToken(keys, salt, claims),
      formatRefreshToken(keys, salt, refreshClaims),
      formatOneTimeToken(keys, salt, oneTime),
    ].entries()) {
      const cut =
        token.slice(0, 4) + Buffer.from(token.slice(4), "base64url").subarray(0, -12).toString("base64url");
      const parsed = [
        parseAccessToken,
        parseRefreshToken,
        (text: string) => parseOneTimeToken(text, oneTime.purpose),
      ][at]?.(cut);
      expect([parsed?.form, parsed?.isGenuine(keys, salt)]).toEqual(["plain", false]);
    }
  });

  it("S2 plain tokens equal those of builds before the check, byte for byte", () => {
    const fixed = Buffer.alloc(32, 9);
    const id = "0190a6f0-0000-7000-8000-00000000abcd";
    const session = { sessionId: id, generation: 7, expiresAtSeconds: 1_900_000_000 };
    expect([
      formatAccessToken(keys, fixed, session, "plain"),
      formatRefreshToken(keys, fixed, session, "plain"),
      formatOneTimeToken(keys, fixed, { id, purpose: "email.verify" }, "plain"),
    ]).toEqual([
      "pja_AAIBkKbwAABwAIAAAAAAAKvNAAAABwAAcT-zAET5x_XQZnLae7iUfhj4ifAhTgY0JQ0ZZZ0w6XB5JZI-",
      "pjr_AAIBkKbwAABwAIAAAAAAAKvNAAAAB2bFE7Lr2rQ0IjmyfP80r-ogG-lkcRSEge3xilfU_wm0",
      "pjo_AAIBkKbwAABwAIAAAAAAAKvN0Qno6Fzrz7iljUcAk_WX9P7iIee-fBTfrNBhznAjhMM",
    ]);
  });
});

it("the newest key signs, and the same claims give the same token", () => {
  const token = formatRefreshToken(keys, salt, refreshClaims);
  expect(Buffer.from(token.slice(4), "base64url").readUInt16BE(0)).toBe(2);
  expect(formatRefreshToken(keys, salt, refreshClaims)).toBe(token);
});
