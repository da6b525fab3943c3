import { hash, verify, type Options } from "@node-rs/argon2";

/** OWASP Password Storage Cheat Sheet: argon2id, the default here, with 19 MiB, two passes, one lane. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const TODAYS = "$argon2id$v=19$m=19456,t=2,p=1$";

export interface Verdict {
  readonly matches: boolean;
  /** Whether the stored hash was made with other parameters than today's. */
  readonly outdated: boolean;
}

export interface Passwords {
  /** The password as it is stored, in PHC string format. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the stored one. Without a stored one it takes just as long and says no, so that
   * time does not tell whether an account exists.
   */
  verify(stored: string | null, password: string): Promise<Verdict>;
}

export async function createPasswords(): Promise<Passwords> {
  const nobodys = await hash("the password of nobody", PARAMETERS);
  return {
    hash: (password) => hash(password, PARAMETERS),
    verify: async (stored, password) => {
      const matches = await verify(stored ?? nobodys, password);
      return { matches: stored !== null && matches, outdated: stored !== null && !stored.startsWith(TODAYS) };
    },
  };
}
