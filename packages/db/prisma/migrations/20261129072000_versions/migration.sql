-- The version and the time of the last change of each task and project. docs/decisions/versions.md explains the columns.
-- The indexes of the lists by last change are a migration of their own: ALTER TABLE locks out readers until its transaction
-- ends, and an index takes long to build on a large table.

-- Both statements change the catalogue only. version has a constant default, so PostgreSQL rewrites no row. updated_at is null
-- until the first change of the row: the row then counts as changed at its creation.
ALTER TABLE "tasks"
  ADD COLUMN IF NOT EXISTS "updated_at" TIMESTAMPTZ(3),
  ADD COLUMN IF NOT EXISTS "version" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "projects"
  ADD COLUMN IF NOT EXISTS "updated_at" TIMESTAMPTZ(3),
  ADD COLUMN IF NOT EXISTS "version" INTEGER NOT NULL DEFAULT 1;

-- A trigger sets the columns, and no statement of the server: the previous build does not know them. It runs after the row is
-- locked, so the versions of concurrent changes differ, and the times increase with the versions also when the clock is set back.
CREATE FUNCTION "projo_row_changed"() RETURNS TRIGGER
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at, NEW.created_at);
  RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_row_changed"() FROM PUBLIC;

-- An update that sets every column to its present value is no change.
CREATE TRIGGER "row_changed" BEFORE UPDATE ON "tasks" FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*)
  EXECUTE FUNCTION "projo_row_changed"();
CREATE TRIGGER "row_changed" BEFORE UPDATE ON "projects" FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*)
  EXECUTE FUNCTION "projo_row_changed"();
