import type pg from "pg";

const SETTINGS = `
  SELECT set_config(name, CASE WHEN name = 'search_path' THEN 'public' WHEN name LIKE '%timeout' THEN '0' ELSE 'on' END, false)
    FROM pg_settings
   WHERE name IN ('search_path', 'row_security', 'standard_conforming_strings', 'transaction_timeout',
                  'idle_in_transaction_session_timeout')`;

/**
 * Replaces settings that a service or an administrator gave to the database or to the owner: a time limit could end a long
 * migration, and a search path could put the tables into another schema.
 */
export async function useOwnSettings(owner: pg.ClientBase): Promise<void> {
  await owner.query("SET statement_timeout = 0");
  await owner.query(SETTINGS);
}
