import type pg from "pg";
import { migrate, prepareLogin, prepareOperatorLogin, withOwner } from "../../src/index.ts";

/** The PostgreSQL server of a test run. */
export interface TestCluster {
  /** A login that may create databases and roles. */
  readonly owner: { host: string; port: number; user: string; password?: string };
  /** The login that servers use. */
  readonly server: { user: string; password: string };
  /** The login that the operator's program uses. */
  readonly operator: { user: string; password: string };
  /** The migrated database that every test database copies. */
  readonly template: string;
  /** A standby of the server; absent unless the tests run with a replica. */
  readonly replica?: { host: string; port: number };
}

declare module "vitest" {
  interface ProvidedContext {
    cluster: TestCluster;
  }
}

/** Creates the template database and the logins. */
export async function prepareCluster(
  owner: TestCluster["owner"],
  server: TestCluster["server"],
): Promise<TestCluster> {
  const operator = { user: "projo_operations", password: server.password };
  const template = `projo_template_${process.pid}`;
  await withOwner({ ...owner, database: "postgres" }, (client) =>
    client.query(`CREATE DATABASE ${template}`),
  );
  await withOwner({ ...owner, database: template }, async (client: pg.Client) => {
    await migrate(client);
    await prepareLogin(client, server);
    await prepareOperatorLogin(client, operator);
  });
  return { owner, server, operator, template };
}

export async function dropTemplate({ owner, template }: TestCluster): Promise<void> {
  await withOwner({ ...owner, database: "postgres" }, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`),
  );
}
