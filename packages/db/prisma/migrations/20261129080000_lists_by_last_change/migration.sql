-- Nobody can write tasks while these indexes are built; reads continue. docs/decisions/versions.md explains how the owner of a
-- large table builds them before the migration, so that no write waits.

DO $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_index WHERE NOT indisvalid AND indexrelid IN (
      to_regclass('public.tasks_changed_idx'), to_regclass('public.tasks_project_changed_idx'),
      to_regclass('public.tasks_status_changed_idx'), to_regclass('public.tasks_creator_changed_idx'),
      to_regclass('public.tasks_titles_idx'))
  ) THEN
    RAISE EXCEPTION 'An index of the lists of tasks was not completed: drop the invalid index, then migrate or build it again';
  END IF;
END
$$;

-- The lists by last change have an index for the same filters as the lists by creation. GREATEST ignores null, so a row that never
-- changed counts as changed at its creation. With COALESCE in its place, PostgreSQL would not use the indexes for the rows after a
-- position: under row-level security it uses an index only for expressions that it knows to be leakproof.
CREATE INDEX IF NOT EXISTS "tasks_changed_idx" ON "tasks"
  ("workspace_id", (greatest("updated_at", "created_at")), "id");
CREATE INDEX IF NOT EXISTS "tasks_project_changed_idx" ON "tasks"
  ("workspace_id", "project_id", (greatest("updated_at", "created_at")), "id");
CREATE INDEX IF NOT EXISTS "tasks_status_changed_idx" ON "tasks"
  ("workspace_id", "status", (greatest("updated_at", "created_at")), "id");
CREATE INDEX IF NOT EXISTS "tasks_creator_changed_idx" ON "tasks"
  ("workspace_id", "created_by", (greatest("updated_at", "created_at")), "id");
CREATE INDEX IF NOT EXISTS "projects_changed_idx" ON "projects"
  ("workspace_id", (greatest("updated_at", "created_at")), "id");

-- The indexes of the search, with the new columns: a search reads its index and no table. The next migration drops the indexes
-- that these replace.
CREATE INDEX IF NOT EXISTS "tasks_titles_idx" ON "tasks"
  ("workspace_id", "id", "project_id", "created_by", "created_at", "status", "projo_fold"("title") COLLATE "C")
  INCLUDE ("title", "updated_at", "version") WHERE ("title" <> '' OR "projo_reads_titles"("title"));
CREATE INDEX IF NOT EXISTS "projects_names_idx" ON "projects"
  ("workspace_id", "id", "created_by", "created_at", "projo_fold"("name") COLLATE "C")
  INCLUDE ("name", "updated_at", "version") WHERE ("name" <> '' OR "projo_reads_titles"("name"));
