// The schema with a guard taken out, and an attack that works only then. Everything happens in one transaction of the
// owner's that is undone: the guard goes, the attack's rows come, and then the attack is tried as one of the server's roles.
import type pg from "pg";

export interface SchemaAttack {
  readonly says: string;
  /** What must be there for it; run as the owner. */
  readonly arrange?: string;
  /** Who attacks, from where. */
  readonly enter: string;
  /** Worked when nothing stops it and it meets at least one row. */
  readonly sql: string;
}

export interface SchemaMutant {
  readonly says: string;
  /** Takes the guard out. */
  readonly sql: string;
  readonly works: readonly SchemaAttack[];
  readonly refused?: readonly SchemaAttack[];
}

export async function tryOut(client: pg.Client, mutation: string, attack: SchemaAttack): Promise<boolean> {
  await client.query("BEGIN");
  try {
    await client.query(mutation);
    await client.query(attack.arrange ?? "");
    await client.query(attack.enter);
    // Of several statements the last one tells.
    return await client.query(attack.sql).then(
      (result: pg.QueryResult | pg.QueryResult[]) => [result].flat().at(-1)?.rowCount !== 0,
      () => false,
    );
  } finally {
    await client.query("ROLLBACK");
  }
}

export const inWorkspace = (id: string): string =>
  `SET LOCAL ROLE projo_tenant; SET LOCAL app.workspace_id = '${id}'`;
export const outside = "SET LOCAL ROLE projo_system";

/** Takes a text out of a function of the schema, where it must stand exactly once. */
export const lessOf = (name: string, guard: string, without = ""): string => `
  DO $mutant$
  DECLARE
    source TEXT := pg_get_functiondef('${name}'::regproc);
    guard TEXT := $guard$${guard}$guard$;
  BEGIN
    IF length(source) - length(replace(source, guard, '')) <> length(guard) THEN
      RAISE EXCEPTION '${name} does not have this once: %', guard;
    END IF;
    EXECUTE replace(source, guard, $without$${without}$without$);
  END
  $mutant$`;
