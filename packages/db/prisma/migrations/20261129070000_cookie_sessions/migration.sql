-- Sessions whose token is in a cookie of the browser. A session has one mode for life: a bearer session has an access token and
-- refresh tokens, a cookie session has the cookie alone.

-- mode: 'bearer' or 'cookie'. Servers of the build before this one start bearer sessions only.
-- confirmed_at: the first time at which the token of this generation was used, of a cookie session; null before that. A bearer
-- session has "confirmed".
ALTER TABLE "sessions"
  ADD COLUMN "mode" TEXT NOT NULL DEFAULT 'bearer',
  ADD COLUMN "confirmed_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "sessions_mode" CHECK ("mode" IN ('bearer', 'cookie'));

-- A server can change the state of a session, but not its user, its mode, its salt, and the times that bound it.
REVOKE UPDATE ON "sessions" FROM projo_system;
GRANT UPDATE (
  "generation", "confirmed", "confirmed_at", "rotated_at", "current_workspace_id", "ip", "user_agent", "last_used_at", "expires_at"
) ON "sessions" TO projo_system;

-- The lookups of bearer tokens find no cookie session. The build before this one uses them too, so it neither accepts nor
-- refreshes a cookie session. Only the condition on the mode is new.
CREATE OR REPLACE FUNCTION "projo_session"(a_session UUID, a_workspace UUID)
  RETURNS TABLE (
    session_id UUID, salt BYTEA, generation INTEGER, confirmed BOOLEAN, rotated_at TIMESTAMPTZ,
    session_created_at TIMESTAMPTZ, expires_at TIMESTAMPTZ, absolute_expires_at TIMESTAMPTZ,
    current_workspace_id UUID, user_id UUID, email TEXT, email_verified_at TIMESTAMPTZ,
    user_created_at TIMESTAMPTZ, workspace_id UUID, role TEXT, database_now TIMESTAMPTZ
  )
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  SELECT s.id, s.salt, s.generation, s.confirmed, s.rotated_at, s.created_at, s.expires_at, s.absolute_expires_at,
         s.current_workspace_id, u.id, u.email, u.email_verified_at, u.created_at, clock_timestamp()
    INTO session_id, salt, generation, confirmed, rotated_at, session_created_at, expires_at, absolute_expires_at,
         current_workspace_id, user_id, email, email_verified_at, user_created_at, database_now
    FROM public.sessions AS s JOIN public.users AS u ON u.id = s.user_id
   WHERE s.id = a_session AND s.mode = 'bearer';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM set_config('app.user_id', user_id::text, true);
  SELECT m.workspace_id, m.role INTO workspace_id, role
    FROM public.workspace_members AS m
   WHERE m.user_id = projo_session.user_id
     AND m.workspace_id = coalesce(a_workspace, projo_session.current_workspace_id)
     AND m.locked_at IS NULL;
  RETURN NEXT;
END
$$;

CREATE OR REPLACE FUNCTION "projo_session_entering"(
    a_session UUID, a_workspace UUID, the_roles TEXT,
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
   WHERE s.id = a_session AND s.mode = 'bearer';
  IF FOUND THEN
    ignored := set_config('app.user_id', user_id::text, true);
    SELECT m.workspace_id, m.role INTO workspace_id, role
      FROM public.workspace_members AS m
     WHERE m.user_id = projo_session_entering.user_id
       AND m.workspace_id = coalesce(a_workspace, projo_session_entering.current_workspace_id)
       AND m.locked_at IS NULL;
  END IF;
  ignored := set_config('role', 'projo_tenant', true);
  IF role = ANY (string_to_array(the_roles, ',')) THEN
    ignored := set_config('app.workspace_id', workspace_id::text, true);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION "projo_session_prefetching"(
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
   WHERE s.id = a_session AND s.mode = 'bearer';
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

-- The lookups of cookies are the same, for cookie sessions alone. A cookie has no time of its own.
CREATE FUNCTION "projo_cookie_session"(a_session UUID, a_workspace UUID)
  RETURNS TABLE (
    session_id UUID, salt BYTEA, generation INTEGER, confirmed_at TIMESTAMPTZ, rotated_at TIMESTAMPTZ,
    session_created_at TIMESTAMPTZ, expires_at TIMESTAMPTZ, absolute_expires_at TIMESTAMPTZ,
    current_workspace_id UUID, user_id UUID, email TEXT, email_verified_at TIMESTAMPTZ,
    user_created_at TIMESTAMPTZ, workspace_id UUID, role TEXT, database_now TIMESTAMPTZ
  )
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  SELECT s.id, s.salt, s.generation, s.confirmed_at, s.rotated_at, s.created_at, s.expires_at, s.absolute_expires_at,
         s.current_workspace_id, u.id, u.email, u.email_verified_at, u.created_at, clock_timestamp()
    INTO session_id, salt, generation, confirmed_at, rotated_at, session_created_at, expires_at, absolute_expires_at,
         current_workspace_id, user_id, email, email_verified_at, user_created_at, database_now
    FROM public.sessions AS s JOIN public.users AS u ON u.id = s.user_id
   WHERE s.id = a_session AND s.mode = 'cookie';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM set_config('app.user_id', user_id::text, true);
  SELECT m.workspace_id, m.role INTO workspace_id, role
    FROM public.workspace_members AS m
   WHERE m.user_id = projo_cookie_session.user_id
     AND m.workspace_id = coalesce(a_workspace, projo_cookie_session.current_workspace_id)
     AND m.locked_at IS NULL;
  RETURN NEXT;
END
$$;

REVOKE EXECUTE ON FUNCTION "projo_cookie_session"(UUID, UUID) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_cookie_session"(UUID, UUID) TO projo_system;

CREATE FUNCTION "projo_cookie_session_prefetching"(
    a_session UUID, a_workspace UUID, the_roles TEXT,
    OUT session_id UUID, OUT salt BYTEA, OUT generation INTEGER, OUT confirmed_at TIMESTAMPTZ, OUT rotated_at TIMESTAMPTZ,
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
  SELECT s.id, s.salt, s.generation, s.confirmed_at, s.rotated_at, s.created_at, s.expires_at, s.absolute_expires_at,
         s.current_workspace_id, u.id, u.email, u.email_verified_at, u.created_at, clock_timestamp()
    INTO session_id, salt, generation, confirmed_at, rotated_at, session_created_at, expires_at, absolute_expires_at,
         current_workspace_id, user_id, email, email_verified_at, user_created_at, database_now
    FROM public.sessions AS s JOIN public.users AS u ON u.id = s.user_id
   WHERE s.id = a_session AND s.mode = 'cookie';
  IF FOUND THEN
    ignored := set_config('app.user_id', user_id::text, true);
    SELECT m.workspace_id, m.role INTO workspace_id, role
      FROM public.workspace_members AS m
     WHERE m.user_id = projo_cookie_session_prefetching.user_id
       AND m.workspace_id = coalesce(a_workspace, projo_cookie_session_prefetching.current_workspace_id)
       AND m.locked_at IS NULL;
  END IF;
  ignored := set_config('role', 'projo_tenant', true);
  IF role = ANY (string_to_array(the_roles, ','))
     AND expires_at > database_now THEN
    ignored := set_config('app.workspace_id', workspace_id::text, true);
  END IF;
END
$$;
