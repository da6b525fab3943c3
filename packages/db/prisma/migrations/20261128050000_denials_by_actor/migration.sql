-- The cap on recorded denials is each actor's own, and the denials beyond it are counted in an entry of the log.

CREATE TABLE "audit_denials" (
  "workspace_id" UUID NOT NULL,
  "actor_id" UUID NOT NULL,
  "actor_kind" TEXT NOT NULL,
  "hour" TIMESTAMPTZ(3) NOT NULL,
  "recorded" INTEGER NOT NULL,
  "omitted" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "audit_denials_pkey" PRIMARY KEY ("workspace_id", "actor_id")
) WITH (fillfactor = 50);
CREATE INDEX "audit_denials_hour_idx" ON "audit_denials" ("hour");

-- No role of the server has a right on the table: the functions below run as its owner, who may be a plain role that
-- row-level security binds. The owner reads across workspaces only while it counts past hours.
ALTER TABLE "audit_denials" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "audit_denials" FORCE ROW LEVEL SECURITY;
CREATE POLICY "owner" ON "audit_denials" TO CURRENT_USER
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));
CREATE POLICY "settling" ON "audit_denials" FOR SELECT TO CURRENT_USER
  USING ((SELECT current_setting('app.settling_denials', true)) = 'on');

-- Appends one entry for each actor of the current workspace with omitted denials in an hour before the given one, and
-- removes the counts of those hours. With an actor, only that actor's.
CREATE FUNCTION "projo_audit_settle"(a_hour TIMESTAMPTZ, a_actor UUID DEFAULT NULL) RETURNS INTEGER
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  here UUID := nullif(current_setting('app.workspace_id', true), '')::uuid;
  past public.audit_denials;
  settled INTEGER := 0;
BEGIN
  FOR past IN
    DELETE FROM public.audit_denials
     WHERE workspace_id = here AND hour < a_hour AND (a_actor IS NULL OR actor_id = a_actor)
    RETURNING *
  LOOP
    IF past.omitted > 0 THEN
      PERFORM public.projo_audit_append(jsonb_build_array(jsonb_build_object(
        'id', gen_random_uuid(), 'actorKind', 'system', 'action', 'access.denials_omitted', 'outcome', 'denied',
        'targetType', past.actor_kind, 'targetId', past.actor_id,
        'meta', jsonb_build_object('after', jsonb_build_object(
          'omitted', past.omitted,
          'hour', to_char(past.hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))))));
      settled := settled + 1;
    END IF;
  END LOOP;
  RETURN settled;
END
$$;

-- Records a denial: up to 100 an hour, workspace and actor. The hundredth entry has "lastOfThisHour" in its meta; later
-- denials of that hour only increase the actor's own counter, so no other writer waits for them.
CREATE OR REPLACE FUNCTION "projo_audit_deny"(a_entry JSONB) RETURNS BOOLEAN
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  most CONSTANT INTEGER := 100;
  here UUID := nullif(current_setting('app.workspace_id', true), '')::uuid;
  this_hour TIMESTAMPTZ := date_trunc('hour', clock_timestamp(), 'UTC');
  -- Callers without an identity share one count.
  nobody CONSTANT UUID := '00000000-0000-0000-0000-000000000000';
  actor UUID := coalesce((a_entry ->> 'actorKeyId')::uuid, (a_entry ->> 'actorUserId')::uuid, nobody);
  counted public.audit_denials;
BEGIN
  PERFORM public.projo_audit_settle(this_hour, actor);
  INSERT INTO public.audit_denials AS denials (workspace_id, actor_id, actor_kind, hour, recorded)
  VALUES (here, actor, a_entry ->> 'actorKind', this_hour, 1)
      ON CONFLICT (workspace_id, actor_id) DO UPDATE
     SET recorded = least(denials.recorded + 1, most),
         omitted = denials.omitted + CASE WHEN denials.recorded < most THEN 0 ELSE 1 END
  RETURNING * INTO counted;
  IF counted.omitted > 0 THEN
    RETURN false;
  END IF;
  PERFORM public.projo_audit_append(jsonb_build_array(
    a_entry || '{"outcome": "denied"}' || CASE
      WHEN counted.recorded < most THEN '{}'
      ELSE jsonb_build_object('meta', coalesce(a_entry -> 'meta', '{}') || '{"lastOfThisHour": true}')
    END));
  RETURN true;
END
$$;

-- Settles past hours in every workspace, up to so many workspaces at once. Returns how many it settled.
CREATE FUNCTION "projo_audit_settle_all"(a_most INTEGER DEFAULT 100) RETURNS INTEGER
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  this_hour TIMESTAMPTZ := date_trunc('hour', clock_timestamp(), 'UTC');
  places UUID[];
  place UUID;
BEGIN
  PERFORM set_config('app.settling_denials', 'on', true);
  SELECT array_agg(workspace_id) INTO places FROM (
    SELECT DISTINCT workspace_id FROM public.audit_denials WHERE hour < this_hour ORDER BY workspace_id LIMIT a_most
  ) AS past;
  PERFORM set_config('app.settling_denials', '', true);
  -- In the order of their ids, so that two servers that settle at once never wait for each other crosswise.
  FOREACH place IN ARRAY coalesce(places, '{}') LOOP
    PERFORM set_config('app.workspace_id', place::text, true);
    PERFORM public.projo_audit_settle(this_hour);
  END LOOP;
  PERFORM set_config('app.workspace_id', '', true);
  RETURN coalesce(array_length(places, 1), 0);
END
$$;

REVOKE EXECUTE ON FUNCTION
  "projo_audit_settle"(TIMESTAMPTZ, UUID), "projo_audit_settle_all"(INTEGER) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_audit_settle_all"(INTEGER) TO projo_system;
