import { failureOf, failureOfReading } from "../connection/failures.ts";
import type { KeyedCall } from "./claim.ts";
import { isReadOnly, type Scope, type TenantScope } from "./scope.ts";
import { Transaction, type TransactionDeps, type TransactionOptions } from "./transaction.ts";

export type InTransaction = <T>(
  scope: TenantScope,
  fn: (transaction: Transaction) => Promise<T>,
  options?: TransactionOptions,
  keyed?: KeyedCall<T>,
) => Promise<T>;

/** Runs work in a transaction of a scope, and commits it or rolls it back. */
export const transactions =
  (deps: TransactionDeps): InTransaction =>
  async (scope, fn, options = {}, keyed) => {
    const transaction = new Transaction(deps, scope, options);
    try {
      const result = await fn(transaction);
      if (keyed) transaction.storeAnswer(keyed.claim, keyed.seal(result));
      await transaction.commit();
      return result;
    } catch (error) {
      // Prisma does not keep the name of a violated constraint, and the operation may replace the error.
      const entryError = keyed && (await transaction.entryError());
      await transaction.rollback();
      return throwFailureIn(scope, entryError ?? error);
    }
  };

export function throwFailureIn(scope: Scope, error: unknown): never {
  throw isReadOnly(scope) ? failureOfReading(error) : failureOf(error);
}
