// A pg.Pool to Prisma's eyes, whose every transaction is on the connection of the current scope, and whose lone statements
// are transactions too.
//
// The casts are this file's: pg's Pool is overloaded for callbacks, and Prisma calls the promise forms alone.
import pg from "pg";
import { currentScope, type Scope } from "./scope.ts";
import { openScoped, type PoolSource } from "./scoped-connection.ts";

/** @param lone the scope of statements outside a transaction; without it they are refused */
export function scopedPool(source: PoolSource, options: { lone?: Scope } = {}): pg.Pool {
  const { lone } = options;
  const facade = {
    connect: async () => {
      const entered = currentScope.getStore();
      // With a scope for lone statements, no workspace's scope around it counts: only a person's.
      if (lone && entered?.scope.kind !== lone.kind) return openScoped(source, lone);
      if (!entered) throw new Error("A transaction begins inside db.read, db.write or db.system.");
      return entered.connection();
    },
    query: async (query: pg.QueryConfig) => {
      if (!lone) throw new Error("A tenant's rows are reached through db.read or db.write.");
      return loneStatement(source, lone, query);
    },
    end: () => Promise.resolve(),
  };
  return Object.assign(new pg.Pool(), facade as unknown as Pick<pg.Pool, "connect" | "query" | "end">);
}

/** Begins, works and commits in one round trip. */
async function loneStatement(
  source: PoolSource,
  scope: Scope,
  query: pg.QueryConfig,
): Promise<pg.QueryResult> {
  const connection = await openScoped(source, scope);
  const [worked, committed] = await Promise.allSettled([connection.query(query), connection.commit()]);
  connection.release();
  if (worked.status === "rejected") throw worked.reason;
  if (committed.status === "rejected") throw committed.reason;
  return worked.value;
}
