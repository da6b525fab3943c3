import { AsyncLocalStorage } from "node:async_hooks";
import type { Scope } from "./scope.ts";
import type { ScopedConnection } from "./scoped-connection.ts";

/** What Prisma works in: it passes on nothing of ours from a call to the connection that it is for. */
export interface EnteredScope {
  readonly scope: Scope;
  /** The scope's own connection, on which its transaction has begun. */
  readonly connection: () => Promise<ScopedConnection>;
}

/** The scope of Prisma's work at hand. Only a transaction sets it; the pool and the filter read it. */
export const currentScope = new AsyncLocalStorage<EnteredScope>();
