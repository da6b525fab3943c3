// Hashes and verifies passwords with argon2id, in PHC string format, behind the gate that limits concurrency. The rules for
// new passwords are in password-policy.ts (docs/decisions/passwords.md).
import { hash, verify, type Options } from "@node-rs/argon2";
import type { Argon2Gate, GatePlace } from "./argon2-gate.ts";
import type { Log } from "../../runtime/log.ts";
import { normalizePassword } from "./normalize-password.ts";

/**
 * The parameters of the OWASP Password Storage Cheat Sheet: argon2id (the library's default), 19 MiB, two passes,
 * parallelism 1.
 */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CURRENT_PREFIX = "$argon2id$v=19$m=19456,t=2,p=1$";

/** A hash with the current parameters, of no password: no known password has a digest of zeros. Only its comparison matters. */
const DUMMY_HASH = `${CURRENT_PREFIX}${"A".repeat(22)}$${"A".repeat(43)}`;

export interface Verdict {
  readonly matches: boolean;
  /** Whether the stored hash has other parameters than the current ones. */
  readonly outdated: boolean;
}

export interface Passwords {
  /**
   * Hashes a password into PHC string format.
   * @param place the caller's place in the queue for hashing
   * @throws HashingBusy
   */
  hash(password: string, place?: GatePlace): Promise<string>;
  /**
   * Compares a password with the stored hash. Without a stored hash it takes as long and does not match, so that the
   * response time does not reveal whether an account exists.
   * @throws HashingBusy
   */
  verify(stored: string | null, password: string, place?: GatePlace): Promise<Verdict>;
}

export interface PasswordDeps {
  readonly gate: Argon2Gate;
  readonly log: Pick<Log, "error">;
}

export function createPasswords({ gate, log }: PasswordDeps): Passwords {
  const compare = async (stored: string, text: string): Promise<boolean> => {
    try {
      return await verify(stored, text);
    } catch (error) {
      // An unreadable hash takes as long as any other mismatch. The library's message does not contain the hash.
      log.error({ err: error }, "a stored password hash cannot be read: nobody can sign in with it");
      await verify(DUMMY_HASH, text);
      return false;
    }
  };

  return {
    hash: (password, place) => gate.run(() => hash(normalizePassword(password), PARAMETERS), place),
    verify: async (stored, password, place) => {
      const matches = await gate.run(() => compare(stored ?? DUMMY_HASH, normalizePassword(password)), place);
      return {
        matches: stored !== null && matches,
        outdated: stored !== null && !stored.startsWith(CURRENT_PREFIX),
      };
    },
  };
}
