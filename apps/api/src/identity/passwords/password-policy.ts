// The rules for a new password: it must be long enough and hard to guess. No rule requires certain kinds of characters
// (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2).
//
// A check takes a few milliseconds at most for any input, and only one check runs in each turn of the event loop. So ten
// sign-ups in one batch block other requests no longer than one does.
import { loadCommonPasswords } from "./common-passwords.ts";
import { guessBits } from "./guess-bits.ts";
import { normalizePassword } from "./normalize-password.ts";

export interface PasswordPolicy {
  /** The least number of code points, after normalization. */
  readonly minLength: number;
  /** Describes the problem with a new password of the account with this email; null when the password is accepted. */
  problemOf(password: string, email: string): Promise<string | null>;
}

/** The most code points, before and after normalization. The contract has the same limit; here it bounds the work. */
const MAX_LENGTH = 256;

/** 30 bits are a billion guesses, which an attacker can try against a stolen database, most likely ones first. */
const MIN_BITS = 30;

/** Words that an attacker would try for any account of this product. */
const PRODUCT_WORDS = ["projostack", "projo"];

export function createPasswordPolicy({ minLength }: { minLength: number }): PasswordPolicy {
  const common = loadCommonPasswords();
  const nextTurn = createLoopTurns();
  const problemOf = (password: string, email: string): string | null => {
    if (isTooLong(password) || isTooLong(normalizePassword(password))) return TOO_LONG;
    const text = normalizePassword(password);
    if (Array.from(text).length < minLength) return `Must be at least ${minLength} characters.`;
    if (guessBits(text, { common, context: [...PRODUCT_WORDS, ...partsOf(email)] }) < MIN_BITS) {
      return "Must not be one of the first that somebody would try. Four words chosen at random are good.";
    }
    return null;
  };
  return {
    minLength,
    problemOf: async (password, email) => {
      await nextTurn();
      return problemOf(password, email);
    },
  };
}

const TOO_LONG = `Must be at most ${MAX_LENGTH} characters.`;

/** A code point has one or two code units, so most long texts need not be counted. */
const isTooLong = (text: string): boolean =>
  text.length > 2 * MAX_LENGTH || (text.length > MAX_LENGTH && Array.from(text).length > MAX_LENGTH);

/** The whole email address, the parts around the @, and the single words. */
const partsOf = (email: string): string[] => [email, ...email.split("@"), ...email.split(/[^a-z0-9]+/i)];

/** @returns a function whose promises resolve in the order of the calls, one in each turn of the event loop */
function createLoopTurns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return last;
  };
}
