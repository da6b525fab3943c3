import { z } from "zod";
import type { Load } from "../load/load-client.ts";
import { expectOutput, mutationOf } from "./product-calls.ts";

export interface Account {
  readonly email: string;
  readonly password: string;
  readonly refreshToken: string;
}

const SignedIn = z.object({ refreshToken: z.string() });

/** Creates accounts with auth.signUp. The server's limits must be raised for this number of accounts. */
export async function signUp(
  load: Load,
  { prefix, many }: { prefix: string; many: number },
): Promise<Account[]> {
  const accounts: Account[] = [];
  for (let n = 0; n < many; n += 1) {
    const credentials = {
      email: `${prefix}${n}@example.com`,
      password: `correct horse ${prefix} ${n} battery`,
    };
    const keep = expectOutput(SignedIn, ({ refreshToken }) =>
      accounts.push({ ...credentials, refreshToken }),
    );
    await load.burst(() => mutationOf(null, "auth.signUp", credentials, keep), { count: 1, concurrency: 1 });
  }
  return accounts;
}
