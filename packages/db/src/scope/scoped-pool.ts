// A pg.Pool for Prisma. Its transactions use the connection of the current scope, and each statement outside a transaction
// is a transaction of one message.
//
// This file casts types, because pg's Pool has overloads for callbacks and Prisma only calls the promise forms.
import pg from "pg";
import { enteredQuery } from "../connection/entered-query.ts";
import { singleMessageSetup } from "./enter-sql.ts";
import { withConnection } from "./run-statement.ts";
import { currentScope } from "./current-scope.ts";
import { queuePlaceOf, type SystemScope } from "./scope.ts";
import { observeMessage } from "../connection/observers.ts";
import { messageNamed, openScoped, type PoolSource } from "./scoped-connection.ts";

/**
 * Creates the pool.
 * @param options `defaultScope` is the scope of statements outside a transaction. Without it, they run in the current read
 * scope, and fail without one
 */
export function scopedPool(source: PoolSource, options: { defaultScope?: SystemScope } = {}): pg.Pool {
  const { defaultScope } = options;
  const facade = {
    connect: async () => {
      const entered = currentScope.getStore();
      // A pool with a default scope ignores a surrounding workspace scope. It only accepts a system scope.
      if (defaultScope && entered?.scope.kind !== defaultScope.kind) return openScoped(source, defaultScope);
      if (!entered) throw new Error(OUTSIDE);
      return entered.connection();
    },
    query: async (query: pg.QueryConfig) => {
      const entered = currentScope.getStore();
      const scope = defaultScope ?? entered?.scope;
      if (!scope || (!defaultScope && scope.kind !== "read")) throw new Error(OUTSIDE);
      const entering = { entry: singleMessageSetup(scope, source), keepsPrepared: !source.pooled };
      return withConnection(source, queuePlaceOf(scope), (client) =>
        observeMessage(entered?.source ?? source, messageNamed(query.name), () =>
          enteredQuery(client, query, entering),
        ),
      );
    },
    end: () => Promise.resolve(),
  };
  return Object.assign(new pg.Pool(), facade as unknown as Pick<pg.Pool, "connect" | "query" | "end">);
}

const OUTSIDE = "Query a tenant's tables through db.read or db.write.";
