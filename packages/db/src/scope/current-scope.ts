import { AsyncLocalStorage } from "node:async_hooks";
import type { Scope } from "./scope.ts";
import type { PoolSource, ScopedConnection } from "./scoped-connection.ts";

/** The scope of a Prisma call. Prisma passes no context from a call to the connection it uses, so it is stored here. */
export interface EnteredScope {
  readonly scope: Scope;
  /** The connection on which the scope's transaction runs. */
  readonly connection: () => Promise<ScopedConnection>;
  /** The connections of the call, which report its messages. */
  readonly source: PoolSource;
}

/** The scope of the current Prisma call. Only transactions set it; the scoped pool and the tenant filter read it. */
export const currentScope = new AsyncLocalStorage<EnteredScope>();
