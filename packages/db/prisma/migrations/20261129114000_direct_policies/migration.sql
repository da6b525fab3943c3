-- The policies of a workspace compare with the setting directly and no longer in a sub-select: Citus refuses a sub-select in a
-- policy of a distributed table. PostgreSQL evaluates the setting once for each scan and uses it as an index condition, as
-- before (docs/decisions/direct-policies.md). The previous build needs no change.

-- ALTER POLICY locks out readers and writers. The migration holds the locks of all tables until it ends, so it waits for each
-- one for a short time only. If it fails, it changes nothing, and the command that applies it tries again.
SET LOCAL lock_timeout = '100ms';

DO $$
DECLARE
  here CONSTANT TEXT := 'nullif(current_setting(''app.workspace_id'', true), '''')::uuid';
  found RECORD;
BEGIN
  FOR found IN
    SELECT p.polname AS policy, c.relname AS place, k.attname AS key
      FROM pg_policy AS p
      JOIN pg_class AS c ON c.oid = p.polrelid AND c.relnamespace = 'public'::regnamespace
      JOIN pg_attribute AS k ON k.attrelid = c.oid AND k.attname = CASE c.relname
             WHEN 'workspaces' THEN 'id' WHEN 'mail_outbox' THEN 'about_workspace_id' ELSE 'workspace_id' END
     WHERE p.polname = 'tenant'
        OR p.polname = 'owner' AND c.relname IN ('audit_denials', 'audit_heads', 'audit_logs')
     ORDER BY c.relname, p.polname
  LOOP
    EXECUTE format('ALTER POLICY %1$I ON %2$I USING (%3$I = %4$s) WITH CHECK (%3$I = %4$s)',
                   found.policy, found.place, found.key, here);
  END LOOP;
END
$$;

-- The other policies of the audit log.
ALTER POLICY "settling" ON "audit_denials" USING (current_setting('app.settling_denials', true) = 'on');

-- The address of the erased user comes from a setting, because a policy without a sub-select cannot read it from the user.
-- projo_erase_person sets it together with app.erasing.
ALTER POLICY "erasure" ON "audit_logs" USING (
  "actor_user_id" = nullif(current_setting('app.erasing', true), '')::uuid
  OR "personal_json" -> 'email' ->> 'value' = nullif(current_setting('app.erasing_email', true), ''));

CREATE OR REPLACE FUNCTION "projo_erase_person"(a_user UUID, a_anonymise BOOLEAN DEFAULT false, a_most INTEGER DEFAULT 1000)
  RETURNS INTEGER
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  erased CONSTANT TEXT := 'erased-' || a_user || '@erased.invalid';
  address TEXT;
  place RECORD;
  changed INTEGER := 0;
  events INTEGER;
BEGIN
  SELECT email INTO address FROM public.users WHERE id = a_user FOR NO KEY UPDATE;
  IF a_anonymise THEN
    DELETE FROM public.sessions WHERE user_id = a_user;
    DELETE FROM public.one_time_tokens WHERE user_id = a_user;
    UPDATE public.users SET password_hash = '!', email_verified_at = NULL WHERE id = a_user;
  END IF;
  PERFORM set_config('app.erasing', a_user::text, true), set_config('app.erasing_email', address, true);
  -- Before any log is held: who revokes an invite holds it first, and the log last.
  IF a_anonymise AND address <> erased THEN
    UPDATE public.invites SET email = erased, revoked_at = CASE WHEN used_at IS NULL THEN coalesce(revoked_at, now()) END
     WHERE email = address;
    DELETE FROM public.mail_outbox WHERE recipient = address;
    UPDATE public.mail_outbox
       SET facts = replace(facts::text, to_jsonb(address)::text, to_jsonb(erased)::text)::jsonb
     WHERE strpos(facts::text, to_jsonb(address)::text) > 0;
  END IF;
  -- By workspace, so that two erasures never wait for each other crosswise.
  FOR place IN
    SELECT chosen.workspace_id, array_agg(chosen.id) AS ids, count(*)::integer AS many
      FROM (
        SELECT workspace_id, id FROM public.audit_logs
         WHERE actor_user_id = a_user AND personal_json ?| ARRAY['ip', 'userAgent']
        UNION
        SELECT workspace_id, id FROM public.audit_logs
         WHERE personal_json -> 'email' IS NOT NULL AND personal_json -> 'email' ->> 'value' = address
        ORDER BY workspace_id LIMIT a_most
      ) AS chosen
     GROUP BY chosen.workspace_id ORDER BY chosen.workspace_id
  LOOP
    PERFORM set_config('app.workspace_id', place.workspace_id::text, true);
    PERFORM public.projo_audit_append(jsonb_build_array(jsonb_build_object(
      'id', gen_random_uuid(), 'actorKind', 'system', 'action', 'person.erased', 'targetType', 'user',
      'targetId', a_user, 'outcome', 'ok', 'meta', jsonb_build_object('entries', place.many))));
    UPDATE public.audit_logs
       SET personal_json = nullif(
             personal_json
               - CASE WHEN actor_user_id = a_user THEN ARRAY['ip', 'userAgent'] ELSE ARRAY[]::TEXT[] END
               - CASE WHEN personal_json -> 'email' ->> 'value' = address THEN ARRAY['email'] ELSE ARRAY[]::TEXT[] END,
             '{}')
     WHERE workspace_id = place.workspace_id AND id = ANY (place.ids);
    changed := changed + place.many;
  END LOOP;
  UPDATE public.account_events SET ip = NULL, user_agent = NULL
   WHERE id IN (SELECT id FROM public.account_events
                 WHERE user_id = a_user AND (ip IS NOT NULL OR user_agent IS NOT NULL) LIMIT a_most - changed);
  GET DIAGNOSTICS events = ROW_COUNT;
  changed := changed + events;
  -- An error undoes these with all else.
  PERFORM set_config('app.erasing', '', true), set_config('app.erasing_email', '', true),
          set_config('app.workspace_id', '', true);
  IF a_anonymise AND changed < a_most AND address <> erased THEN
    UPDATE public.users SET email = erased WHERE id = a_user;
    INSERT INTO public.account_events (id, user_id, action, outcome)
    VALUES (gen_random_uuid(), a_user, 'account.erased', 'ok');
  END IF;
  RETURN changed;
END
$$;
