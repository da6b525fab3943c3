// Prisma's models of users and sessions for one request. Prisma passes no context from a call to the connection it uses, so
// each call runs with the source of the request as the current one. This file casts types, because it looks up the models and
// methods of the generated client by name.
import { currentScope } from "../scope/current-scope.ts";
import { openScoped, type PoolSource } from "../scope/scoped-connection.ts";
import type { SystemTables } from "./models.ts";

type Method = (...args: unknown[]) => Promise<unknown>;

const SYSTEM = { kind: "system" } as const;

export function observedTables(tables: SystemTables, source: PoolSource): SystemTables {
  const entered = { scope: SYSTEM, connection: () => openScoped(source, SYSTEM), source };
  const modelOf = (model: object): object =>
    new Proxy(model, {
      get: (methods, name) => {
        const method = (methods as Record<string | symbol, Method>)[name];
        // Prisma starts a query when its promise is awaited, so the await must be inside `run`.
        return (...args: unknown[]) => currentScope.run(entered, async () => await method?.(...args));
      },
    });
  return new Proxy(tables, {
    get: (models, name) => modelOf((models as unknown as Record<string | symbol, object>)[name] ?? {}),
  });
}
