-- Who asks, and the workspace they ask about, in one statement: what is sent behind it in the same message sees the
-- workspace's rows, or none. So a read need not wait to be told who asks before it is sent.

-- As projo_session, whose queries it repeats, since to call it would take as long again. A member of one of the roles is then
-- in their workspace, as projo_tenant and without a right to write; for anybody else no workspace is entered, and row-level
-- security shows no row of any. The caller has yet to compare the secret, and until then must tell nobody what was found.
-- It takes on both roles itself, one after the other, and gives no right that its caller has not: who may not become
-- projo_system gets no further. So anybody may call it. One row, of nulls where there is no such session.
CREATE FUNCTION "projo_session_entering"(
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
   WHERE s.id = a_session;
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
