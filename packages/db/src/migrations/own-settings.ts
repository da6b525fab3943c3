import type pg from "pg";

// transaction_timeout exists since PostgreSQL 17. Citus would send the whole message of a migration to the workers with each SET LOCAL
// that it contains.
const SETTINGS = `
  SET statement_timeout = 0;
  SET lock_timeout = 0;
  SET idle_in_transaction_session_timeout = 0;
  SET search_path = public;
  SET row_security = on;
  SET standard_conforming_strings = on;
  SELECT set_config('transaction_timeout', '0', false) WHERE current_setting('transaction_timeout', true) IS NOT NULL;
  SELECT set_config('citus.propagate_set_commands', 'none', false) WHERE current_setting('citus.propagate_set_commands', true) IS NOT NULL`;

/**
 * Replaces settings that a service or an administrator gave to the database or to the owner: a time limit could end a long
 * migration, and a search path could put the tables into another schema.
 */
export async function useOwnSettings(owner: pg.ClientBase): Promise<void> {
  await owner.query(SETTINGS);
}
