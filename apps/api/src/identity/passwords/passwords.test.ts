import { hash } from "@node-rs/argon2";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createArgon2Gate } from "./argon2-gate.ts";
import { createPasswords, type Passwords } from "./passwords.ts";

const gate = createArgon2Gate({ atOnce: 2, longestQueue: 32, longestWaitMs: 10_000 });
const logged: unknown[][] = [];
let passwords: Passwords;
beforeAll(() => {
  passwords = createPasswords({ gate, log: { error: (...line: unknown[]) => void logged.push(line) } });
});
beforeEach(() => void logged.splice(0));

const MATCH = { matches: true, outdated: false };

describe("a stored password hash", () => {
  it("matches the same password only, including its last character and its case", async () => {
    const long = "a".repeat(255);
    const stored = await passwords.hash(`${long}b`);
    expect(await passwords.verify(stored, `${long}b`)).toEqual(MATCH);
    expect(await passwords.verify(stored, `${long}c`)).toMatchObject({ matches: false });
    expect(await passwords.verify(stored, long)).toMatchObject({ matches: false });
    expect(await passwords.verify(stored, `A${long.slice(1)}b`)).toMatchObject({ matches: false });
    expect(await passwords.verify(stored, ` ${long}b`)).toMatchObject({ matches: false });
  });

  it("matches the same characters in composed and decomposed form", async () => {
    const composed = "Gr\u00fc\u00dfe aus dem Caf\u00e9";
    const decomposed = "Gru\u0308\u00dfe aus\u00a0dem Cafe\u0301";
    expect(composed).not.toBe(decomposed);
    expect(await passwords.verify(await passwords.hash(composed), decomposed)).toEqual(MATCH);
    expect(await passwords.verify(await passwords.hash(decomposed), composed)).toEqual(MATCH);
  });

  it("A2 a hash with other parameters than the current ones is reported as outdated", async () => {
    const weaker = await hash("an older password", { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    expect(await passwords.verify(weaker, "an older password")).toEqual({ matches: true, outdated: true });
  });

  it("A1 a missing hash never matches, and the password is compared all the same", async () => {
    const none = await passwords.verify(null, "the password of nobody");
    expect(none).toEqual({ matches: false, outdated: false });
    // A hash that cannot be read would be logged, and compared twice.
    expect(logged).toEqual([]);
  });

  it.each([
    "",
    "plain text",
    "$argon2id$v=19$m=19456,t=2,p=1$",
    "$2b$10$abcdefghijklmnopqrstuv",
    "$argon2id$v=19$m=0,t=0,p=0$AAAA$AAAA",
  ])(
    "never matches and does not throw when it is unreadable (%j), and is logged without its text",
    async (stored) => {
      expect(await passwords.verify(stored, "whatever it may be")).toMatchObject({ matches: false });
      expect(logged).toHaveLength(1);
      const [[{ err }]] = logged as [[{ err: Error }]];
      expect(`${err.message}${err.stack}`).not.toContain(stored === "" ? "whatever" : stored);
      expect(`${err.message}${err.stack}`).not.toContain("whatever");
    },
  );
});

it("A5 a hundred concurrent passwords are hashed two at a time behind a gate of two", async () => {
  const wide = createArgon2Gate({ atOnce: 2, longestQueue: 100, longestWaitMs: 60_000 });
  const flooded = createPasswords({ gate: wide, log: { error: () => {} } });
  const stored = await flooded.hash("velvet anchor juniper copper");
  const verdicts = await Promise.all(Array.from({ length: 100 }, () => flooded.verify(stored, "another")));
  expect(verdicts.every(({ matches }) => !matches)).toBe(true);
  expect(wide.statistics()).toEqual({ running: 0, waiting: 0, mostRunning: 2, refused: 0 });
});
