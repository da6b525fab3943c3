import { dictionary } from "@zxcvbn-ts/language-common";
import { describe, expect, it } from "vitest";
import { commonRuns } from "./common-runs.ts";
import { LONGEST_COMMON } from "./fingerprint.ts";
import { guessBits, LONGEST_EXAMINED } from "./guess-bits.ts";
import { createPasswordPolicy } from "./password-policy.ts";

const policy = createPasswordPolicy({ minLength: 15 });
const shortPolicy = createPasswordPolicy({ minLength: 8 });
const email = "ada.lovelace@analytical-engines.example";

const isTaken = async (password: string) => (await policy.problemOf(password, email)) === null;

/** Those that the policy lets pass. */
async function taken(passwords: readonly string[], by = policy): Promise<string[]> {
  const problems = await Promise.all(passwords.map((password) => by.problemOf(password, email)));
  return passwords.filter((_, at) => problems[at] === null);
}
const TOO_EASY = /first that somebody would try/;

describe("a new password", () => {
  it("has at least so many characters as the setting says, counted as people count them", async () => {
    expect(await policy.problemOf("kqxwvzjtmhrgyp", email)).toBe("Must be at least 15 characters.");
    expect(await policy.problemOf("kqxwvzjtmhrgypb", email)).toBeNull();
    expect(await shortPolicy.problemOf("kqxwvzj", email)).toBe("Must be at least 8 characters.");
    expect(await shortPolicy.problemOf("kqxmvzjt", email)).toBeNull();
    // Fourteen characters, whose accents are written apart; fourteen characters of two code units each.
    expect(await policy.problemOf("e\u0301".repeat(14), email)).toBe("Must be at least 15 characters.");
    expect(await policy.problemOf("🦉".repeat(14), email)).toBe("Must be at least 15 characters.");
  });

  it.each([
    "correct horse battery staple",
    "kqxwvzjtmhrgypb",
    "velvet-anchor-juniper-copper",
    "we saw three owls on the old barn",
    "gH7#pQ2!vX9$mL4",
    "582917364018274",
    "~*?}(&;<=^|+-)_",
    "Grüße aus dem hohen Norden",
    "мы видели трёх сов в лесу",
    "昨日の夜は雨が降っていました、とても",
    "🦉🎻🍋🚲🧭🪁🧲🌵🪗🥁🧊🛶🧶🪔🦚",
  ])("may be %j", async (password) => {
    expect(await policy.problemOf(password, email)).toBeNull();
  });

  it.each([
    "aaaaaaaaaaaaaaa",
    "                 ",
    "123456789012345",
    "987654321098765",
    "passwordpassword",
    "PasswordPassword",
    "p@ssw0rdP@$$w0rd",
    "password12345678",
    "Password2026!!!!",
    "passwordpasswordpassword",
    "drowssapdrowssap",
    "qwertyuiopasdfgh",
    "1qaz2wsx3edc4rfv",
    "zxcvbnmzxcvbnm1",
    "abcdefghijklmnop",
    "abcabcabcabcabc",
    "112233445566778899",
    "a1b2c3d4e5f6g7h8",
    "iloveyouiloveyou",
    "letmein-letmein-letmein",
    "p.a.s.s.w.o.r.d.1.2.3",
    "welcome to 2026",
    "Ｐａｓｓｗｏｒｄ１２３４５６７８",
    "pässwörd pässwörd",
    "qwertyuiop1234567890",
    "йцукенгшщзхъфывап",
  ])("may not be %j, which is long and easy to guess", async (password) => {
    expect(await policy.problemOf(password, email)).toMatch(TOO_EASY);
  });

  it.each([
    "ada.lovelace@analytical-engines.example",
    "adalovelace12345",
    "Ada.Lovelace.1815",
    "analytical-engines1",
    "ecalevol.ada 2026",
    "projostack123456",
    "ProjoStackProjoStack",
  ])("may not be %j, which is mostly the account's or our own name", async (password) => {
    expect(await policy.problemOf(password, email)).toMatch(TOO_EASY);
  });

  it("may be another's name, and may hold one's own beside enough else", async () => {
    expect(await policy.problemOf("ada.lovelace@analytical-engines.example", "grace@example.org")).toBeNull();
    expect(await isTaken("lovelace kqxwvzjt")).toBe(true);
  });

  it("is none of the common passwords that fit the length, nor one with a usual ending (ASVS 6.2.4)", async () => {
    const common = dictionary["passwords-common"];
    const eight = common.filter((word) => word.length >= 8);
    expect(eight.length).toBeGreaterThan(15_000);
    // The commonest 3,000, and some of the rest.
    const tried = eight.filter((_, at) => at < 3_000 || at % 50 === 0);
    expect(await taken(tried, shortPolicy)).toEqual([]);
    const endings = ["1", "12345", "123456789", "2026", "!", "2026!"];
    const fifteen = common
      .slice(0, 1_000)
      .filter((word) => /^[a-z]{4,}$/.test(word))
      .flatMap((word) => [word, word + word, word[0]?.toUpperCase() + word.slice(1)])
      .flatMap((word) => endings.map((ending) => word + ending))
      .filter((password) => password.length >= 15);
    expect(fifteen.length).toBeGreaterThan(3_000);
    expect(await taken(fifteen)).toEqual([]);
  }, 90_000);

  it("is no part of a run along the keyboard, the alphabet or the numbers", async () => {
    const parts = commonRuns.flatMap((run) =>
      Array.from({ length: Math.max(0, run.length - 14) }, (_, at) => run.slice(at, at + 15)),
    );
    expect(parts.length).toBeGreaterThan(300);
    expect(await taken(parts)).toEqual([]);
  });
});

const long = (unit: string) => unit.repeat(256).slice(0, 256);

describe("R8 the work for a new password is bounded", () => {
  it("a password of more than 256 characters is refused, before normalization and after", async () => {
    const tooLong = "Must be at most 256 characters.";
    expect(await policy.problemOf("kqxwvzjt ".repeat(29), email)).toBe(tooLong);
    expect(await policy.problemOf("x".repeat(1_000_000), email)).toBe(tooLong);
    // NFC makes three characters of each.
    expect(await policy.problemOf("\u{1d160}".repeat(100), email)).toBe(tooLong);
    expect(await policy.problemOf("🦉🎻🍋🚲🧭🪁🧲🌵".repeat(32), email)).not.toBe(tooLong);
  });

  it("as many code units are examined as is said, however many a character becomes under NFKD", () => {
    const reads: number[] = [];
    const common = {
      bitsOf: () => {
        reads.push(1);
        return null;
      },
    };
    const readsFor = (password: string, context: readonly string[]) => {
      reads.length = 0;
      guessBits(password, { common, context });
      return reads.length;
    };
    const once = readsFor(long("kq"), []);
    expect(once).toBeLessThanOrEqual(2 * LONGEST_EXAMINED * LONGEST_COMMON);
    // Each of these is 18 letters, of which other readings differ in nothing.
    expect(readsFor("\ufdfa".repeat(256), [])).toBeLessThanOrEqual(2 * once);
    expect(readsFor("x".repeat(100_000), ["y".repeat(100_000)])).toBeLessThanOrEqual(once);
  });

  it("ten at once are checked in ten turns of the event loop", async () => {
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 10 }, () => policy.problemOf(long("p4$$w0rd!1|"), email)));
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(9);
  });
});
