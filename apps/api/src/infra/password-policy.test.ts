import { describe, expect, it } from "vitest";
import { commonRuns, commonWords } from "./common-words.ts";
import { createPasswordPolicy } from "./password-policy.ts";

const policy = createPasswordPolicy({ minLength: 15 });
const shortPolicy = createPasswordPolicy({ minLength: 8 });
const email = "ada.lovelace@analytical-engines.example";

const isTaken = (password: string) => policy.problemOf(password, email) === null;
const TOO_EASY = /first that somebody would try/;

describe("a new password", () => {
  it("has at least so many characters as the setting says, counted as people count them", () => {
    expect(policy.problemOf("kqxwvzjtmhrgyp", email)).toBe("Must be at least 15 characters.");
    expect(policy.problemOf("kqxwvzjtmhrgypb", email)).toBeNull();
    expect(shortPolicy.problemOf("kqxwvzj", email)).toBe("Must be at least 8 characters.");
    expect(shortPolicy.problemOf("kqxmvzjt", email)).toBeNull();
    // Fourteen characters, whose accents are written apart; fourteen characters of two code units each.
    expect(policy.problemOf("e\u0301".repeat(14), email)).toBe("Must be at least 15 characters.");
    expect(policy.problemOf("🦉".repeat(14), email)).toBe("Must be at least 15 characters.");
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
  ])("may be %j", (password) => {
    expect(policy.problemOf(password, email)).toBeNull();
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
  ])("may not be %j, which is long and easy to guess", (password) => {
    expect(policy.problemOf(password, email)).toMatch(TOO_EASY);
  });

  it.each([
    "ada.lovelace@analytical-engines.example",
    "adalovelace12345",
    "Ada.Lovelace.1815",
    "analytical-engines1",
    "ecalevol.ada 2026",
    "projostack123456",
    "ProjoStackProjoStack",
  ])("may not be %j, which is mostly the account's or our own name", (password) => {
    expect(policy.problemOf(password, email)).toMatch(TOO_EASY);
  });

  it("may be another's name, and may hold one's own beside enough else", () => {
    expect(policy.problemOf("ada.lovelace@analytical-engines.example", "grace@example.org")).toBeNull();
    expect(isTaken("lovelace kqxwvzjt")).toBe(true);
  });

  it("is none of the many that come of a common word: more than the 3000 commonest that fit the length (ASVS 6.2.4)", () => {
    const endings = ["", "1", "12", "123", "1234", "12345", "2024", "2025", "2026", "!", "123!", "1!"];
    const variants = commonWords.flatMap((word) => [
      word,
      word + word,
      word[0]?.toUpperCase() + word.slice(1),
    ]);
    const all = [...new Set(variants.flatMap((word) => endings.map((ending) => word + ending)))];
    const eight = all.filter((password) => password.length >= 8);
    const fifteen = all.filter((password) => password.length >= 15);
    expect(eight.length).toBeGreaterThan(3_000);
    expect(fifteen.length).toBeGreaterThan(3_000);
    expect(eight.filter((password) => shortPolicy.problemOf(password, email) === null)).toEqual([]);
    expect(fifteen.filter((password) => isTaken(password))).toEqual([]);
  });

  it("is no part of a run along the keyboard, the alphabet or the numbers", () => {
    const parts = commonRuns.flatMap((run) =>
      Array.from({ length: Math.max(0, run.length - 14) }, (_, at) => run.slice(at, at + 15)),
    );
    expect(parts.length).toBeGreaterThan(300);
    expect(parts.filter((part) => isTaken(part))).toEqual([]);
  });

  it("is judged in no time, however it is made", () => {
    const makings = ["a", "ab", "password", "1qaz2wsx", "kqxwvzjtmhrgypbdfslcnu"].map((unit) =>
      unit.repeat(256).slice(0, 256),
    );
    const began = performance.now();
    for (const password of makings) policy.problemOf(password, email);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
