import { dictionary } from "@zxcvbn-ts/language-common";
import { describe, expect, it } from "vitest";
import { commonRuns } from "./common-runs.ts";
import { LONGEST_COMMON } from "./fingerprint.ts";
import { guessBits, LONGEST_EXAMINED } from "./guess-bits.ts";
import { createPasswordPolicy } from "./password-policy.ts";

const policy = createPasswordPolicy({ minLength: 15 });
const shortPolicy = createPasswordPolicy({ minLength: 8 });
const email = "ada.lovelace@analytical-engines.example";

const isAccepted = async (password: string) => (await policy.problemOf(password, email)) === null;

/** The passwords that the policy accepts. */
async function accepted(passwords: readonly string[], by = policy): Promise<string[]> {
  const problems = await Promise.all(passwords.map((password) => by.problemOf(password, email)));
  return passwords.filter((_, at) => problems[at] === null);
}
const TOO_EASY = /first that somebody would try/;

describe("the password policy", () => {
  it("requires the configured minimum length, counted in characters", async () => {
    expect(await policy.problemOf("kqxwvzjtmhrgyp", email)).toBe("Must be at least 15 characters.");
    expect(await policy.problemOf("kqxwvzjtmhrgypb", email)).toBeNull();
    expect(await shortPolicy.problemOf("kqxwvzj", email)).toBe("Must be at least 8 characters.");
    expect(await shortPolicy.problemOf("kqxmvzjt", email)).toBeNull();
    // Fourteen characters with separate accents, and fourteen characters of two code units each.
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
  ])("accepts %j", async (password) => {
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
  ])("rejects %j, which is long but easy to guess", async (password) => {
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
  ])("rejects %j, which consists mostly of the email address or the product name", async (password) => {
    expect(await policy.problemOf(password, email)).toMatch(TOO_EASY);
  });

  it("accepts the email address of another account, and the own name with enough other text", async () => {
    expect(await policy.problemOf("ada.lovelace@analytical-engines.example", "grace@example.org")).toBeNull();
    expect(await isAccepted("lovelace kqxwvzjt")).toBe(true);
  });

  it("rejects common passwords of sufficient length, also with a usual ending (ASVS 6.2.4)", async () => {
    const common = dictionary["passwords-common"];
    const eight = common.filter((word) => word.length >= 8);
    expect(eight.length).toBeGreaterThan(15_000);
    // The 3,000 most common, and a sample of the rest.
    const tried = eight.filter((_, at) => at < 3_000 || at % 50 === 0);
    expect(await accepted(tried, shortPolicy)).toEqual([]);
    const endings = ["1", "12345", "123456789", "2026", "!", "2026!"];
    const fifteen = common
      .slice(0, 1_000)
      .filter((word) => /^[a-z]{4,}$/.test(word))
      .flatMap((word) => [word, word + word, word[0]?.toUpperCase() + word.slice(1)])
      .flatMap((word) => endings.map((ending) => word + ending))
      .filter((password) => password.length >= 15);
    expect(fifteen.length).toBeGreaterThan(3_000);
    expect(await accepted(fifteen)).toEqual([]);
  });

  it("rejects every part of a run of the keyboard, the alphabet or the numbers", async () => {
    const parts = commonRuns.flatMap((run) =>
      Array.from({ length: Math.max(0, run.length - 14) }, (_, at) => run.slice(at, at + 15)),
    );
    expect(parts.length).toBeGreaterThan(300);
    expect(await accepted(parts)).toEqual([]);
  });
});

const long = (unit: string) => unit.repeat(256).slice(0, 256);

describe("R8 the work of a password check is bounded", () => {
  it("rejects a password of more than 256 characters before and after normalization", async () => {
    const tooLong = "Must be at most 256 characters.";
    expect(await policy.problemOf("kqxwvzjt ".repeat(29), email)).toBe(tooLong);
    expect(await policy.problemOf("x".repeat(1_000_000), email)).toBe(tooLong);
    // NFC expands each of these to three characters.
    expect(await policy.problemOf("\u{1d160}".repeat(100), email)).toBe(tooLong);
    expect(await policy.problemOf("🦉🎻🍋🚲🧭🪁🧲🌵".repeat(32), email)).not.toBe(tooLong);
  });

  it("examines at most LONGEST_EXAMINED code units, however far NFKD expands the characters", () => {
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
    // NFKD expands each of these to 18 letters, and all their readings are equal.
    expect(readsFor("\ufdfa".repeat(256), [])).toBeLessThanOrEqual(2 * once);
    expect(readsFor("x".repeat(100_000), ["y".repeat(100_000)])).toBeLessThanOrEqual(once);
  });

  it("checks ten concurrent passwords in ten turns of the event loop", async () => {
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
