import { randomUUID } from "node:crypto";
import type pg from "pg";
import { inject } from "vitest";
import { withOwner } from "../../src/index.ts";
import { urlOf } from "./test-database.ts";

export interface EmptyDatabase {
  readonly name: string;
  /** The address for a server. */
  readonly url: string;
  /** The address for migrations. */
  readonly ownerUrl: string;
  /** Runs the work on a connection of the owner. */
  asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  rows<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  drop(): Promise<void>;
}

/** Creates a database without tables, for tests that migrate it. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const { owner, server } = inject("cluster");
  const name = `projo_test_own_${randomUUID().slice(0, 8)}`;
  const elsewhere = (text: string) =>
    withOwner({ ...owner, database: "postgres" }, (client) => client.query(text));
  const asOwner = <T>(work: (client: pg.Client) => Promise<T>) =>
    withOwner({ ...owner, database: name }, work);
  await elsewhere(`CREATE DATABASE ${name}`);
  const { host, port } = owner;
  return {
    name,
    url: urlOf({ host, port, ...server }, name),
    ownerUrl: urlOf(owner, name),
    asOwner,
    rows: async <R extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      asOwner(async (client) => (await client.query<R>(text, values)).rows),
    drop: async () => {
      await elsewhere(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
