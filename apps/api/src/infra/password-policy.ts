// What a new password must be. Long, and not one of the first that somebody would try; there are no rules on which
// characters it is made of (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2).
import { guessBits } from "./guess-bits.ts";
import { storedForm } from "./stored-form.ts";

export interface PasswordPolicy {
  /** What is wrong with a new password of the account with this email, in words for its owner, or null. */
  problemOf(password: string, email: string): string | null;
}

/** A billion tries: within reach of whoever tries the likeliest ones first against a stolen database. */
const FEWEST_BITS = 30;

/** Words that anyone would try here. */
const OURS = ["projostack", "projo"];

export function createPasswordPolicy({ minLength }: { minLength: number }): PasswordPolicy {
  return {
    problemOf: (password, email) => {
      const text = storedForm(password);
      if (Array.from(text).length < minLength) return `Must be at least ${minLength} characters.`;
      if (guessBits(text, [...OURS, ...partsOf(email)]) < FEWEST_BITS) {
        return "Must not be one of the first that somebody would try. Four words chosen at random are good.";
      }
      return null;
    },
  };
}

/** The words in an email, and the longer ones that they are part of. */
const partsOf = (email: string): string[] => [email, ...email.split("@"), ...email.split(/[^a-z0-9]+/i)];
