-- Nobody but the owner makes tables. A temporary one would be found before ours of the same name; and on a database
-- from before PostgreSQL 15 whoever could connect could make lasting ones.

DO $$
BEGIN
  EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
