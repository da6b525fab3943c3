// The functions and triggers of the Citus layout. They replace what the ordinary schema leaves to a foreign key or to set_config.
// Each statement can run again.

const PATH = "SET search_path = pg_catalog, pg_temp";

/** As set_config for a setting of this program, and also on the workers: Citus sends them only SET LOCAL. */
export const SET_CONFIG = `
  CREATE OR REPLACE FUNCTION public.projo_set_config(a_name TEXT, a_value TEXT, a_is_local BOOLEAN) RETURNS TEXT
    LANGUAGE plpgsql SECURITY INVOKER ${PATH} AS $$
  BEGIN
    IF a_name !~ '^app\\.[a-z_]+$' OR NOT a_is_local THEN
      RAISE EXCEPTION 'projo_set_config sets a setting of the workspace for a transaction, and not %', a_name;
    END IF;
    EXECUTE format('SET LOCAL %s = %L', a_name, coalesce(a_value, ''));
    RETURN a_value;
  END
  $$;
  REVOKE EXECUTE ON FUNCTION public.projo_set_config(TEXT, TEXT, BOOLEAN) FROM PUBLIC;`;

/**
 * Makes Citus commit with two phases when a transaction changes the coordinator's rows and rows on a worker: it does so for a
 * transaction that writes a table of its own on the coordinator, even if no row matches. Otherwise it would commit on the worker
 * first, and a failure of the coordinator could leave an audit entry without its change.
 */
export const COMMIT_TOGETHER = `
  CREATE TABLE IF NOT EXISTS public.projo_coordinator_writes (id INTEGER PRIMARY KEY);
  SELECT citus_add_local_table_to_metadata('public.projo_coordinator_writes')
   WHERE NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = 'public.projo_coordinator_writes'::regclass);
  CREATE OR REPLACE FUNCTION public.projo_coordinator_written() RETURNS TRIGGER
    LANGUAGE plpgsql SECURITY DEFINER ${PATH} AS $$
  BEGIN
    DELETE FROM public.projo_coordinator_writes WHERE id = 0;
    RETURN NULL;
  END
  $$;
  REVOKE EXECUTE ON FUNCTION public.projo_coordinator_written() FROM PUBLIC;`;

/** The tables of the coordinator that a transaction may change together with rows of a workspace. */
export const WRITTEN_WITH_WORKSPACE = [
  "account_idempotency_keys",
  "invites",
  "mail_outbox",
  "service_keys",
  "users",
  "workspace_members",
  "workspaces",
] as const;

export const commitTogether = (table: string): string => `
  CREATE OR REPLACE TRIGGER coordinator_written AFTER INSERT OR UPDATE OR DELETE ON public.${table}
    FOR EACH STATEMENT EXECUTE FUNCTION public.projo_coordinator_written()`;

/** Deletes the rows of a deleted workspace, as the dropped foreign keys did. @param tables those that reference others first */
export const deleteRows = (tables: readonly string[]): string => `
  CREATE OR REPLACE FUNCTION public.projo_delete_workspace_rows() RETURNS TRIGGER
    LANGUAGE plpgsql SECURITY INVOKER ${PATH} AS $$
  BEGIN
    ${tables.map((table) => `DELETE FROM public.${table} WHERE workspace_id = OLD.id;`).join("\n    ")}
    RETURN NULL;
  END
  $$;
  REVOKE EXECUTE ON FUNCTION public.projo_delete_workspace_rows() FROM PUBLIC;
  CREATE OR REPLACE TRIGGER workspace_rows AFTER DELETE ON public.workspaces
    FOR EACH ROW EXECUTE FUNCTION public.projo_delete_workspace_rows()`;

/** The ordinary function finds the rows by their place in the table, which Citus does not know. */
export const DELETE_EXPIRED_KEYS = `
  CREATE OR REPLACE FUNCTION public.projo_delete_expired_keys(a_most INTEGER) RETURNS INTEGER
    LANGUAGE plpgsql SECURITY DEFINER ${PATH} AS $$
  DECLARE
    deleted INTEGER;
  BEGIN
    DELETE FROM public.idempotency_keys WHERE created_at < now() - INTERVAL '24 hours';
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
  END
  $$`;

/**
 * On a worker, a row of the log has the type of its shard, so this function takes any row. Citus creates it on every node.
 * @param body the definition of the ordinary function, as pg_get_function_sqlbody returns it
 */
export const auditTextOfShards = (body: string): string => `
  CREATE OR REPLACE FUNCTION public.projo_audit_text(entry RECORD) RETURNS TEXT
    LANGUAGE plpgsql STABLE SECURITY INVOKER ${PATH} AS $$
  BEGIN
    ${body.replaceAll("(entry).", "entry.")};
  END
  $$;
  REVOKE EXECUTE ON FUNCTION public.projo_audit_text(RECORD) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION public.projo_audit_text(RECORD) TO projo_tenant`;
