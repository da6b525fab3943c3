import { hash, verify, type Options } from "@node-rs/argon2";

/** OWASP Password Storage Cheat Sheet: argon2id, the default here, with 19 MiB, two passes, one lane. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Passwords {
  /** The password as it is stored, in PHC string format. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the stored one. Without a stored one it takes just as long and says no, so that
   * time does not tell whether an account exists.
   */
  verify(stored: string | null, password: string): Promise<boolean>;
}

export async function createPasswords(): Promise<Passwords> {
  const nobodys = await hash("the password of nobody", PARAMETERS);
  return {
    hash: (password) => hash(password, PARAMETERS),
    verify: async (stored, password) => {
      const matches = await verify(stored ?? nobodys, password);
      return stored !== null && matches;
    },
  };
}
