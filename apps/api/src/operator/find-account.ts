import { readEmailAddress } from "@projostack/contract";
import { UUID, type Db } from "@projostack/db";
import { CommandRefused } from "./command-refused.ts";

/** Finds the account of an address in any of its spellings, or of an id. @throws CommandRefused when there is none */
export async function findAccount(db: Db, typed: string) {
  if (UUID.test(typed)) {
    const known = await db.system.user.findUnique({ where: { id: typed } });
    if (known) return known;
    throw new CommandRefused(`There is no account with the id ${typed}.`);
  }
  // An account of an earlier version may have an address that is refused today (docs/addresses.md).
  const { address, problem } = readEmailAddress(typed);
  const email = address ?? typed.trim().toLowerCase();
  const user = await db.system.user.findUnique({ where: { email } });
  if (user) return user;
  throw new CommandRefused(
    `There is no account with the address ${typed}.${problem === null ? "" : ` ${problem}`}`,
  );
}
