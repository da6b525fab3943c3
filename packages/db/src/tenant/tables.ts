// A transaction as those who work in it see it: the workspace's models, and the statements about them. Each is made when it
// is asked for, since most operations ask for one.
//
// The casts are this file's: the models are read off the generated client by name, and their types with them.
import { auditStatements } from "./audit/audit-statements.ts";
import { Prisma } from "../generated/client.ts";
import { inviteStatements } from "./invites.ts";
import { memberStatements } from "./members.ts";
import { projectStatements } from "./projects.ts";
import { serviceKeyStatements } from "./service-keys.ts";
import type { TenantStatements } from "./tenant-statements.ts";
import { taskStatements } from "./tasks.ts";
import { workspaceStatements } from "./workspaces.ts";
import { tenantModels, type TenantWrite } from "./models.ts";
import type { Transaction } from "../scope/transaction.ts";

export const tablesOf = (transaction: Transaction): TenantWrite =>
  new TenantTables(transaction) as unknown as TenantWrite;

class TenantTables implements TenantStatements {
  readonly sql: Transaction;

  constructor(sql: Transaction) {
    this.sql = sql;
  }

  get audit() {
    return auditStatements(this.sql);
  }

  get invites() {
    return inviteStatements(this.sql);
  }

  get members() {
    return memberStatements(this.sql);
  }

  get projects() {
    return projectStatements(this.sql);
  }

  get serviceKeys() {
    return serviceKeyStatements(this.sql);
  }

  get tasks() {
    return taskStatements(this.sql);
  }

  get workspaces() {
    return workspaceStatements(this.sql);
  }
}

for (const name of Object.values(Prisma.ModelName).filter((model) => tenantModels.has(model))) {
  const model = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
  Object.defineProperty(TenantTables.prototype, model, {
    get(this: TenantTables) {
      return modelIn(this.sql, model);
    },
  });
}

type Method = (args?: object) => Promise<unknown>;

/** A model whose every method first has Prisma join the transaction. */
const modelIn = (transaction: Transaction, model: string): object =>
  new Proxy(
    {},
    {
      get: (_, method) => (args?: object) =>
        transaction.withModels(String(method), (models) => {
          const { [model]: methods } = models as unknown as Record<string, Record<string | symbol, Method>>;
          const act = methods?.[method];
          if (!act) throw new TypeError(`${model} has no method ${String(method)}.`);
          return act(args);
        }),
    },
  );
