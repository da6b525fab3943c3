-- Who asks, and the workspace they ask about, in one statement: what is sent behind it in the same message sees the
-- workspace's rows, or none. So a read need not wait to be told who asks before it is sent.

-- As projo_session, which it asks. A member of one of the roles is then in their workspace, as projo_tenant and without a
-- right to write; for anybody else no workspace is entered, and row-level security shows no row of any. The caller has yet
-- to compare the secret, and until then must tell nobody what was found.
-- It takes on both roles itself, one after the other, and gives no right that its caller has not: who may not become
-- projo_system gets no further. So anybody may call it.
CREATE FUNCTION "projo_session_entering"(a_session UUID, a_workspace UUID, the_roles TEXT)
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
  PERFORM set_config('transaction_read_only', 'on', true), set_config('role', 'projo_system', true);
  SELECT * INTO session_id, salt, generation, confirmed, rotated_at, session_created_at, expires_at, absolute_expires_at,
                current_workspace_id, user_id, email, email_verified_at, user_created_at, workspace_id, role, database_now
    FROM public.projo_session(a_session, a_workspace);
  PERFORM set_config('role', 'projo_tenant', true);
  IF session_id IS NULL THEN
    RETURN;
  END IF;
  IF role = ANY (string_to_array(the_roles, ',')) THEN
    PERFORM set_config('app.workspace_id', workspace_id::text, true);
  END IF;
  RETURN NEXT;
END
$$;
