-- The oldest build that may serve this database. A server whose build lacks a migration of this table refuses to start; a server
-- whose build has them all starts, also if newer migrations are applied. docs/decisions/oldest-build.md explains the table.

-- migration: a migration that a build must have to serve this database.
-- declared_by: the migration that removed what older builds use.
CREATE TABLE "required_migrations" (
  "migration" TEXT NOT NULL,
  "declared_by" TEXT NOT NULL,
  CONSTRAINT "required_migrations_pkey" PRIMARY KEY ("migration")
);

-- The migrations of the first release. No build before it was released.
INSERT INTO "required_migrations" VALUES
  ('20261129090000_replaced_search_indexes', '20261129112000_required_migrations');

-- The applied migrations, for the check of a server when it starts. The server has no right to Prisma's table, which contains
-- more. The table does not exist when Prisma replays the migrations, so the function is in plpgsql, which looks it up late.
CREATE FUNCTION "projo_migrations"() RETURNS TABLE (migration TEXT, is_required BOOLEAN)
  LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY
    SELECT m.migration_name::text, EXISTS (SELECT FROM public.required_migrations AS r WHERE r.migration = m.migration_name)
      FROM public._prisma_migrations AS m
     WHERE m.finished_at IS NOT NULL AND m.rolled_back_at IS NULL
     ORDER BY m.migration_name;
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_migrations"() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_migrations"() TO projo_system;
