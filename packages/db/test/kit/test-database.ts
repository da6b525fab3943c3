import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { createDb, openPool, withOwner, type Db } from "../../src/index.ts";

export interface TestDatabase {
  readonly name: string;
  /** For a server: the login that is bound by the policies. */
  readonly url: string;
  /** For migrations. */
  readonly ownerUrl: string;
  /** For the operator's program. */
  readonly operatorUrl: string;
  /** The scoped client, over a pool of its own. */
  readonly db: Db;
  /** A plain pool of the server's login. */
  readonly pool: pg.Pool;
  /** A plain pool of the operator's login. */
  readonly operatorPool: pg.Pool;
  /** The scoped client of the operator's login. */
  readonly operatorDb: Db;
  /** Runs a statement as the owner, who sees everything: to arrange and to look behind the curtain. */
  owner<R extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  drop(): Promise<void>;
}

/** A database of one's own: a copy of the migrated template, in some 30 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { owner, server, operator, template } = inject("cluster");
  const name = `projo_test_${randomBytes(6).toString("hex")}`;
  await withOwner({ ...owner, database: "postgres" }, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`),
  );
  const { host, port } = owner;
  const pool = openPool({ target: { host, port, ...server, database: name }, max: 10 });
  const db = createDb({ pool: openPool({ target: { host, port, ...server, database: name }, max: 10 }) });
  const asOperator = () => openPool({ target: { host, port, ...operator, database: name }, max: 4 });
  const operatorPool = asOperator();
  const operatorDb = createDb({ pool: asOperator() });
  // The owner can write also where a test has the server's connections only read.
  const options = "-c timezone=UTC -c default_transaction_read_only=off";
  const ownerPool = new pg.Pool({ ...owner, database: name, max: 4, options });
  ownerPool.on("error", () => {});
  return {
    name,
    url: urlOf({ host, port, ...server }, name),
    ownerUrl: urlOf(owner, name),
    operatorUrl: urlOf({ host, port, ...operator }, name),
    db,
    pool,
    operatorPool,
    operatorDb,
    owner: async <R extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await ownerPool.query<R>(text, values)).rows,
    drop: async () => {
      await Promise.all([db.close(), pool.end(), operatorDb.close(), operatorPool.end(), ownerPool.end()]);
      await withOwner({ ...owner, database: "postgres" }, (client) =>
        client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      );
    },
  };
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
}

/** As in DATABASE_URL; a socket's directory goes into the query, as libpq has it. */
function urlOf({ host, port, user, password }: Target, database: string): string {
  const url = new URL(`postgres://localhost:${port}/${database}`);
  url.username = user;
  if (password !== undefined) url.password = password;
  if (host.startsWith("/")) url.searchParams.set("host", host);
  else url.hostname = host;
  return url.href;
}
