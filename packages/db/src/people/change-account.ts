import { storeAnswer, type KeyedCall } from "../scope/claim.ts";
import { connectionRunner } from "../scope/run-statement.ts";
import type { SystemScope } from "../scope/scope.ts";
import { openScoped, type PoolSource } from "../scope/scoped-connection.ts";
import { accountMails, type AccountMails } from "./account-mails.ts";
import { accountStore, type AccountStore } from "./accounts.ts";

/** The tables of `changeAccount`. */
export interface AccountTables {
  readonly accounts: AccountStore;
  readonly accountMails: AccountMails;
}

/** Changes an account in one transaction, which inserts the idempotency key first and stores the answer with its COMMIT. */
export async function changeAccount<T>(
  source: PoolSource,
  keyed: KeyedCall<T>,
  fn: (tables: AccountTables) => Promise<T>,
): Promise<T> {
  const { claim } = keyed;
  const scope: SystemScope = { kind: "system", claim };
  const connection = await openScoped(source, scope);
  const run = connectionRunner(connection);
  try {
    const result = await fn({ accounts: accountStore(run), accountMails: accountMails(run) });
    scope.atCommit = storeAnswer(claim, keyed.seal(result));
    await connection.commit();
    connection.release();
    return result;
  } catch (error) {
    await connection.rollback().then(
      () => connection.release(),
      () => connection.abandon(),
    );
    throw error;
  }
}
