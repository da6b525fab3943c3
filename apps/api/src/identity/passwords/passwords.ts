// How passwords are kept: argon2id, in PHC string format, behind the gate. What a new password must be is the
// policy's matter (docs/decisions/passwords.md).
import { hash, verify, type Options } from "@node-rs/argon2";
import type { Argon2Gate, GatePlace } from "./argon2-gate.ts";
import type { Log } from "../../runtime/log.ts";
import { normalizePassword } from "./normalize-password.ts";

/** OWASP Password Storage Cheat Sheet: argon2id, the default here, with 19 MiB, two passes, one lane. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const TODAYS = "$argon2id$v=19$m=19456,t=2,p=1$";

export interface Verdict {
  readonly matches: boolean;
  /** Whether the stored hash was made with other parameters than today's. */
  readonly outdated: boolean;
}

export interface Passwords {
  /**
   * The password as it is stored, in PHC string format.
   * @param place in the queue before the hash
   * @throws HashingBusy
   */
  hash(password: string, place?: GatePlace): Promise<string>;
  /**
   * Whether the password is the stored one. Without a stored one it takes just as long and says no, so that
   * time does not tell whether an account exists.
   * @throws HashingBusy
   */
  verify(stored: string | null, password: string, place?: GatePlace): Promise<Verdict>;
}

export interface PasswordDeps {
  readonly gate: Argon2Gate;
  readonly log: Pick<Log, "error">;
}

export async function createPasswords({ gate, log }: PasswordDeps): Promise<Passwords> {
  const nobodys = await hash("the password of nobody", PARAMETERS);

  const compare = async (stored: string, text: string): Promise<boolean> => {
    try {
      return await verify(stored, text);
    } catch (error) {
      // It takes as long as any other no. The message of a hash that cannot be parsed does not repeat it.
      log.error({ err: error }, "a stored password hash cannot be read: nobody can sign in with it");
      await verify(nobodys, text);
      return false;
    }
  };

  return {
    hash: (password, place) => gate.run(() => hash(normalizePassword(password), PARAMETERS), place),
    verify: async (stored, password, place) => {
      const matches = await gate.run(() => compare(stored ?? nobodys, normalizePassword(password)), place);
      return { matches: stored !== null && matches, outdated: stored !== null && !stored.startsWith(TODAYS) };
    },
  };
}
