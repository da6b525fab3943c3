-- Search in titles reads one index and no table. docs/decisions/search.md says why, and how an operator whose table is large
-- makes the function and the index beforehand, so that no write waits for them here.

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('public.tasks_search_idx') AND NOT indisvalid) THEN
    RAISE EXCEPTION 'tasks_search_idx was left half built: DROP INDEX tasks_search_idx, then migrate or build it again';
  END IF;
END
$$;

-- Never called: it stands behind an OR whose other side is true of every title. It is there for its COST, see below.
CREATE OR REPLACE FUNCTION "projo_reads_table"(a_title TEXT) RETURNS BOOLEAN
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000000
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN TRUE;
END
$$;
-- Whoever writes a task names it by the index's condition, and it tells nobody anything: anybody may call it.

-- The title in lower case is kept in it, for a search compares nothing else. The title as it is stands there too, since
-- PostgreSQL reads an index alone only if it has every column that the statement names. So does what a list shows and is
-- filtered by: what is of a fixed size first, which is the quickest to find.
--
-- Its condition is true of every task. PostgreSQL does not know that lower() need not be computed here, and would often
-- go by a smaller index and the table, at six times the time a task. A search repeats the condition: by this index it is
-- known to hold and costs nothing, by any other it would have to be checked, and is dear.
CREATE INDEX IF NOT EXISTS "tasks_search_idx" ON "tasks"
  ("workspace_id", "id", "project_id", "created_by", "created_at", "status", lower("title") COLLATE "C")
  INCLUDE ("title") WHERE ("title" <> '' OR "projo_reads_table"("title"));

-- A task whose page was changed since the last VACUUM is looked up in the table after all. PostgreSQL waits for a fifth of
-- the table to change; after a hundredth a search takes twice as long.
ALTER TABLE "tasks" SET (
  autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.002,
  autovacuum_vacuum_insert_threshold = 1000, autovacuum_vacuum_insert_scale_factor = 0.002
);
