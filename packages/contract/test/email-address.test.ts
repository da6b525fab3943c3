import { describe, expect, it } from "vitest";
import { contract, readEmailAddress } from "../src/index.ts";

const canonical = (text: string): string => {
  const { address, problem } = readEmailAddress(text);
  if (address === null) throw new Error(`${text}: ${problem}`);
  return address;
};
const problemOf = (text: string) => readEmailAddress(text).problem;

const MIXED = "The domain has a part that mixes letters of several scripts, as look-alike domains do.";

describe("An email address", () => {
  it.each(Array.from("!#$%&'*+/=?^_`{|}~-"))("may contain %s before the @", (character) => {
    expect(canonical(`a${character}b@example.com`)).toBe(`a${character}b@example.com`);
    expect(canonical(`${character}@example.com`)).toBe(`${character}@example.com`);
  });

  it.each([
    ["r&d@example.com"],
    ["c=fr/a=400/s=dupont@example.com"],
    ["o'neill+projo@example.co.uk"],
    ["{first.last}@mail.example.museum"],
    ["0@0.example"],
    ["ann@xn--r8jz45g.xn--zckzah"],
    [`${"l".repeat(64)}@example.com`],
    [`a@${"d".repeat(63)}.com`],
    [`${"l".repeat(64)}@${"d".repeat(61)}.${"e".repeat(61)}.${"f".repeat(61)}.com`.slice(-254)],
  ])("%s keeps its form", (address) => {
    expect(canonical(address)).toBe(address);
  });

  it.each([
    ["white space", " \t ann@example.com\r\n"],
    ["no-break and ideographic spaces", "\u00a0ann@example.com\u3000\u202f"],
    ["zero-width characters", "\u200bann@example.com\u200d\u2060\ufeff"],
    ["bidirectional marks", "\u202aann@example.com\u202c\u200e"],
    ["capitals", "Ann@EXAMPLE.Com"],
    ["the dot of the root", "ann@example.com."],
    ["an ideographic full stop", "ann@example\u3002com"],
    ["full-width letters in the domain", "ann@ｅｘａｍｐｌｅ.com"],
    ["a soft hyphen in the domain", "ann@exam\u00adple.com"],
  ])("A4 with %s has the same canonical form as without", (_what, text) => {
    expect(canonical(text)).toBe("ann@example.com");
  });

  it.each([
    ["ann@bücher.example", "ann@xn--bcher-kva.example"],
    ["ann@BÜCHER.example", "ann@xn--bcher-kva.example"],
    ["ann@bu\u0308cher.example", "ann@xn--bcher-kva.example"],
    ["ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"],
    ["ann@straße.example", "ann@xn--strae-oqa.example"],
    ["ann@日本nippon.example", "ann@xn--nippon-ol2mm8f.example"],
    ["ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah"],
    ["ann@παράδειγμα.δοκιμή.", "ann@xn--hxajbheg2az3al.xn--jxalpdlp"],
  ])("A4 %s has the canonical form %s", (text, address) => {
    expect(canonical(text)).toBe(address);
    expect(canonical(address)).toBe(address);
  });

  it("A4 with a look-alike domain has its own form, which shows the difference", () => {
    expect(canonical("ann@\u0430\u0440\u0440\u04cf\u0435.com")).toBe("ann@xn--80ak6aa92e.com");
  });

  it.each([
    ["", "The address is empty."],
    ["  \u200b ", "The address is empty."],
    ["ann", "The address has no @."],
    ["@example.com", "The part before the @ is empty."],
    ["ann@", "The domain, the part after the @, is empty."],
    ["ann@ben@example.com", "The address has more than one @."],
    ["ann@example.com, ben@example.com", "This is more than one address. Enter one."],
    ["ann@example.com;ben@example.com", "This is more than one address. Enter one."],
    ["mailto:ann@example.com", 'The address begins with "mailto:". Enter only the address.'],
    ["Ann <ann@example.com>", "The address contains angle brackets. Enter only the address, without a name."],
    ['"ann lee"@example.com', "The part before the @ is in quotes. Addresses with quotes are not supported."],
    ["ann lee@example.com", "The part before the @ contains a space."],
    ["ann(work)@example.com", 'The part before the @ contains "(".'],
    ["a,b@example.com", 'The part before the @ contains ",".'],
    ["ann\u200blee@example.com", "The part before the @ contains an invisible character (U+200B)."],
    ["a\u0000b@example.com", "The part before the @ contains an invisible character (U+0000)."],
    [
      "andré@example.com",
      'The part before the @ contains "é". Only the domain may have characters other than ASCII.',
    ],
    [
      "\u212aate@example.com",
      'The part before the @ contains "\u212a". Only the domain may have characters other than ASCII.',
    ],
    [".ann@example.com", "The part before the @ begins with a dot."],
    ["ann.@example.com", "The part before the @ ends with a dot."],
    ["ann..lee@example.com", "The part before the @ contains two dots in a row."],
    [`${"l".repeat(65)}@example.com`, "The part before the @ is longer than 64 characters."],
    ["ann@localhost", "The domain has no dot. Enter the full domain, such as example.com."],
    ["ann@example..com", "The domain contains two dots in a row."],
    ["ann@.example.com", "The domain begins with a dot."],
    ["ann@example.com..", "The domain ends with a dot."],
    ["ann@-example.com", "The domain has a part that begins or ends with a hyphen."],
    ["ann@exam_ple.com", 'The domain contains "_".'],
    ["ann@example.com/path", 'The domain contains "/".'],
    ["ann@example%2ecom", 'The domain contains "%".'],
    ["ann@example .com", "The domain contains a space."],
    ["ann@example.com:25", 'The domain contains ":".'],
    ["ann@[192.0.2.1]", "The domain is an IP address in brackets. Enter a domain name."],
    ["ann@192.0.2.1", "The domain is an IP address or ends with a number. Enter a domain name."],
    ["ann@0x7f.1", "The domain is an IP address or ends with a number. Enter a domain name."],
    ["ann@example.c", 'The domain ends with ".c", which no domain ends with.'],
    ["ann@\u0430pple.com", MIXED],
    ["ann@xn--pple-43d.com", MIXED],
    ["ann@\u0430\u03b1.com", MIXED],
    ["ann@xn--a.com", "The domain is not a valid internationalized domain name."],
    ["ann@\u2100.com", "The domain is not a valid internationalized domain name."],
    [`ann@${"d".repeat(64)}.com`, "The domain has a part that is longer than 63 characters."],
    [
      `ann@${"d".repeat(62)}.${"e".repeat(62)}.${"f".repeat(62)}.${"g".repeat(62)}.com`,
      "The address is longer than 254 characters.",
    ],
    [`ann@${"ü".repeat(400)}.com`, "The address is longer than 254 characters."],
  ])("is refused with the part that is wrong: %j", (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it("N1 any text is refused or has a canonical form, which stays the same when it is read again", () => {
    const characters = Array.from('aA1.@-+ \u00a0ü。ß\u200b\u0308xn--[]"<>\\/%:');
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 20_000; round += 1) {
      const text = Array.from({ length: next(14) }, () => characters[next(characters.length)]).join("");
      const { address } = readEmailAddress(`${text}@b${text}.example`);
      if (address === null) continue;
      expect(address).toMatch(/^[\u0021-\u007e]{3,254}$/);
      expect(readEmailAddress(address)).toEqual({ address, problem: null });
    }
  });
});

describe("The address of an existing account", () => {
  const { email: signIn } = contract.auth.signIn.input.shape;
  const { email: signUp } = contract.auth.signUp.input.shape;

  it("may have a form that earlier versions accepted, so that its owner can sign in", () => {
    const long = `${"L".repeat(70)}@example.com`;
    expect(signIn.parse(long)).toBe(long.toLowerCase());
    expect(signUp.safeParse(long).error?.issues[0]?.message).toContain("longer than 64");
  });

  it("the canonical form is the same as at sign-up", () => {
    for (const parse of [signIn, signUp])
      expect(parse.parse(" Ann@Bücher.example.")).toBe("ann@xn--bcher-kva.example");
  });
});
