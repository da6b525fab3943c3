// A pg.Pool to Prisma's eyes, whose every transaction is on the connection of the current scope, and whose lone statements
// are transactions too.
//
// The casts are this file's: pg's Pool is overloaded for callbacks, and Prisma calls the promise forms alone.
import pg from "pg";
import { enteredQuery } from "../connection/entered-query.ts";
import { singleMessageSetup } from "./enter-sql.ts";
import { withConnection } from "./run-statement.ts";
import { currentScope } from "./current-scope.ts";
import { queuePlaceOf, type SystemScope } from "./scope.ts";
import { openScoped, type PoolSource } from "./scoped-connection.ts";

/** @param lone the scope of statements outside a transaction; without it they are made in a workspace that is read */
export function scopedPool(source: PoolSource, options: { defaultScope?: SystemScope } = {}): pg.Pool {
  const { defaultScope } = options;
  const facade = {
    connect: async () => {
      const entered = currentScope.getStore();
      // With a scope for lone statements, no workspace's scope around it counts: only a person's.
      if (defaultScope && entered?.scope.kind !== defaultScope.kind) return openScoped(source, defaultScope);
      if (!entered) throw new Error(OUTSIDE);
      return entered.connection();
    },
    query: async (query: pg.QueryConfig) => {
      const scope = defaultScope ?? currentScope.getStore()?.scope;
      if (!scope || (!defaultScope && scope.kind !== "read")) throw new Error(OUTSIDE);
      const entering = { entry: singleMessageSetup(scope, !source.pooled), keepsPrepared: !source.pooled };
      return withConnection(source, queuePlaceOf(scope), (client) => enteredQuery(client, query, entering));
    },
    end: () => Promise.resolve(),
  };
  return Object.assign(new pg.Pool(), facade as unknown as Pick<pg.Pool, "connect" | "query" | "end">);
}

const OUTSIDE = "A tenant's rows are reached through db.read or db.write.";
