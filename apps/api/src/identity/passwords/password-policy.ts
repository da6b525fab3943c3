// The rules for a new password: long enough, and not among the first guesses. There are no rules on which characters it
// is made of (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2).
//
// A check takes a few milliseconds at most, whatever it is given, and only one runs in each turn of the event loop: ten
// sign-ups in one batch block other requests no longer than one does.
import { loadCommonPasswords } from "./common-passwords.ts";
import { guessBits } from "./guess-bits.ts";
import { normalizePassword } from "./normalize-password.ts";

export interface PasswordPolicy {
  /** What is wrong with a new password of the account with this email, in words for its owner, or null. */
  problemOf(password: string, email: string): Promise<string | null>;
}

/** Code points, before normalization and after. The contract says so too; here it bounds the work. */
const LONGEST = 256;

/** A billion guesses: within reach of an attacker who tries the likeliest ones first against a stolen database. */
const FEWEST_BITS = 30;

/** Words that anyone would try here. */
const OURS = ["projostack", "projo"];

export function createPasswordPolicy({ minLength }: { minLength: number }): PasswordPolicy {
  const common = loadCommonPasswords();
  const nextTurn = oneEachTurn();
  const problemOf = (password: string, email: string): string | null => {
    if (isTooLong(password) || isTooLong(normalizePassword(password))) return TOO_LONG;
    const text = normalizePassword(password);
    if (Array.from(text).length < minLength) return `Must be at least ${minLength} characters.`;
    if (guessBits(text, { common, context: [...OURS, ...partsOf(email)] }) < FEWEST_BITS) {
      return "Must not be one of the first that somebody would try. Four words chosen at random are good.";
    }
    return null;
  };
  return {
    problemOf: async (password, email) => {
      await nextTurn();
      return problemOf(password, email);
    },
  };
}

const TOO_LONG = `Must be at most ${LONGEST} characters.`;

/** Each code point takes one or two code units, so that most long texts are not counted. */
const isTooLong = (text: string): boolean =>
  text.length > 2 * LONGEST || (text.length > LONGEST && Array.from(text).length > LONGEST);

/** The words in an email, and the longer ones that they are part of. */
const partsOf = (email: string): string[] => [email, ...email.split("@"), ...email.split(/[^a-z0-9]+/i)];

/** @returns what fulfils once in each turn of the event loop, in the order of the calls */
function oneEachTurn(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return last;
  };
}
