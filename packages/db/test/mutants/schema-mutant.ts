// A mutant of the schema lacks one check, so that an attack succeeds. Each attempt is one transaction of the owner, which is
// rolled back: it removes the check, inserts the rows of the attack, and runs the attack under one of the server's roles.
import type pg from "pg";

export interface SchemaAttack {
  readonly says: string;
  /** SQL that prepares the attack. It runs as the owner. */
  readonly arrange?: string;
  /** SQL that sets the role and the settings of the attacker. */
  readonly enter: string;
  /** The attack. It succeeds when it raises no error and reads or changes at least one row. */
  readonly sql: string;
}

export interface SchemaMutant {
  readonly says: string;
  /** SQL that removes the check. */
  readonly sql: string;
  /** The attacks that succeed without the check. */
  readonly works: readonly SchemaAttack[];
  /** The attacks that are still refused. */
  readonly refused?: readonly SchemaAttack[];
}

export async function tryOut(client: pg.Client, mutation: string, attack: SchemaAttack): Promise<boolean> {
  await client.query("BEGIN");
  try {
    await client.query(mutation);
    await client.query(attack.arrange ?? "");
    await client.query(attack.enter);
    // If the attack has several statements, the last one decides.
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

/** SQL that removes a text from a function of the schema. The text must occur exactly once. */
export const lessOf = (name: string, guard: string, without = ""): string => `
  DO $mutant$
  DECLARE
    source TEXT := pg_get_functiondef('${name}'::regproc);
    guard TEXT := $guard$${guard}$guard$;
  BEGIN
    IF length(source) - length(replace(source, guard, '')) <> length(guard) THEN
      RAISE EXCEPTION '${name} does not contain this exactly once: %', guard;
    END IF;
    EXECUTE replace(source, guard, $without$${without}$without$);
  END
  $mutant$`;
