-- Tokens get a check that needs no row. Builds before this one neither make nor accept it, and may run beside this one for a
-- day after the upgrade: the time from which servers make checked tokens is kept here, and the same for all of them.

CREATE TABLE "upgrades" (
  "name" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "upgrades_pkey" PRIMARY KEY ("name")
);
GRANT SELECT ON "upgrades" TO projo_system;

-- A database without an account is a new one: it has no tokens, and needs no time for the change.
INSERT INTO "upgrades" ("name", "at")
SELECT 'checked_tokens', CASE WHEN EXISTS (SELECT FROM "users") THEN now() + interval '1 day' ELSE '-infinity' END;

-- As projo_session_entering, which the build before this one goes on using, and with one condition more: no workspace is
-- entered for a session that has ended, nor for a token whose own time is over. The server has checked by then that it made
-- the token; what remains to be compared is the salted code. What is asked behind it takes as long as of an empty workspace.
CREATE FUNCTION "projo_session_prefetching"(
    a_session UUID, a_workspace UUID, the_roles TEXT, the_token_ends BIGINT,
    OUT session_id UUID, OUT salt BYTEA, OUT generation INTEGER, OUT confirmed BOOLEAN, OUT rotated_at TIMESTAMPTZ,
    OUT session_created_at TIMESTAMPTZ, OUT expires_at TIMESTAMPTZ, OUT absolute_expires_at TIMESTAMPTZ,
    OUT current_workspace_id UUID, OUT user_id UUID, OUT email TEXT, OUT email_verified_at TIMESTAMPTZ,
    OUT user_created_at TIMESTAMPTZ, OUT workspace_id UUID, OUT role TEXT, OUT database_now TIMESTAMPTZ
  )
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  ignored TEXT;
BEGIN
  ignored := set_config('transaction_read_only', 'on', true);
  ignored := set_config('role', 'projo_system', true);
  SELECT s.id, s.salt, s.generation, s.confirmed, s.rotated_at, s.created_at, s.expires_at, s.absolute_expires_at,
         s.current_workspace_id, u.id, u.email, u.email_verified_at, u.created_at, clock_timestamp()
    INTO session_id, salt, generation, confirmed, rotated_at, session_created_at, expires_at, absolute_expires_at,
         current_workspace_id, user_id, email, email_verified_at, user_created_at, database_now
    FROM public.sessions AS s JOIN public.users AS u ON u.id = s.user_id
   WHERE s.id = a_session;
  IF FOUND THEN
    ignored := set_config('app.user_id', user_id::text, true);
    SELECT m.workspace_id, m.role INTO workspace_id, role
      FROM public.workspace_members AS m
     WHERE m.user_id = projo_session_prefetching.user_id
       AND m.workspace_id = coalesce(a_workspace, projo_session_prefetching.current_workspace_id)
       AND m.locked_at IS NULL;
  END IF;
  ignored := set_config('role', 'projo_tenant', true);
  IF role = ANY (string_to_array(the_roles, ','))
     AND expires_at > database_now
     AND the_token_ends > extract(epoch FROM database_now) THEN
    ignored := set_config('app.workspace_id', workspace_id::text, true);
  END IF;
END
$$;
