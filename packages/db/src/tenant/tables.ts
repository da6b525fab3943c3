// The tables of a workspace within a transaction: Prisma's models under their own names (`db.task`), and the SQL statements
// by resource under `sql` (`db.sql.tasks`). Each is created when it is used, because most operations use only one.
//
// This file casts types, because it looks up the models of the generated client by name.
import { auditStatements } from "./audit/audit-statements.ts";
import { Prisma } from "../generated/client.ts";
import { inviteStatements } from "./invites.ts";
import { memberStatements } from "./members.ts";
import { projectStatements } from "./projects.ts";
import { serviceKeyStatements } from "./service-keys.ts";
import type { TenantStatements } from "./tenant-statements.ts";
import { taskStatements } from "./tasks.ts";
import { exportStatements } from "./transfer/export-rows.ts";
import { importStatements } from "./transfer/import-statements.ts";
import { workspaceStatements } from "./workspaces.ts";
import { tenantModels, type TenantWrite } from "./models.ts";
import type { Transaction } from "../scope/transaction.ts";

export const tablesOf = (transaction: Transaction): TenantWrite =>
  new TenantTables(transaction) as unknown as TenantWrite;

class TenantTables {
  readonly transaction: Transaction;
  #sql: TenantSql | undefined;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get sql(): TenantStatements {
    this.#sql ??= new TenantSql(this.transaction);
    return this.#sql;
  }
}

class TenantSql implements TenantStatements {
  readonly #transaction: Transaction;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  get audit() {
    return auditStatements(this.#transaction);
  }

  get exports() {
    return exportStatements(this.#transaction);
  }

  get imports() {
    return importStatements(this.#transaction);
  }

  get invites() {
    return inviteStatements(this.#transaction);
  }

  get members() {
    return memberStatements(this.#transaction);
  }

  get projects() {
    return projectStatements(this.#transaction);
  }

  get serviceKeys() {
    return serviceKeyStatements(this.#transaction);
  }

  get tasks() {
    return taskStatements(this.#transaction);
  }

  get workspaces() {
    return workspaceStatements(this.#transaction);
  }
}

for (const name of Object.values(Prisma.ModelName).filter((model) => tenantModels.has(model))) {
  const model = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
  Object.defineProperty(TenantTables.prototype, model, {
    get(this: TenantTables) {
      return modelIn(this.transaction, model);
    },
  });
}

type Method = (args?: object) => Promise<unknown>;

/** A Prisma model whose methods run in the transaction. */
const modelIn = (transaction: Transaction, model: string): object =>
  new Proxy(
    {},
    {
      get: (_, method) => (args?: object) =>
        transaction.withModels(String(method), (models) => {
          const { [model]: methods } = models as unknown as Record<string, Record<string | symbol, Method>>;
          const run = methods?.[method];
          if (!run) throw new TypeError(`${model} has no method ${String(method)}.`);
          return run(args);
        }),
    },
  );
