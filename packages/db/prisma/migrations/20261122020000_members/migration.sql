-- Invites that end, workspaces that can be restored, and keys for other services.

-- Workspaces -------------------------------------------------------------------------------------------------

ALTER TABLE "workspaces" ADD COLUMN "deleted_at" TIMESTAMPTZ(3);
CREATE INDEX "workspaces_deleted_at_idx" ON "workspaces" ("deleted_at");

-- Set while the workspace is deleted. It stands on the row that every request reads and every write locks, so that
-- no write outlives the deletion.
ALTER TABLE "workspace_members" ADD COLUMN "locked_at" TIMESTAMPTZ(3);

-- Invites ----------------------------------------------------------------------------------------------------

-- Nothing made an invite before this, so nothing is lost.
DELETE FROM "invites";
ALTER TABLE "invites"
  ADD COLUMN "mailed_token_hash" BYTEA NOT NULL,
  ADD COLUMN "invited_by" UUID NOT NULL,
  ADD COLUMN "invited_by_key" UUID,
  ADD COLUMN "accepted_by" UUID,
  ADD COLUMN "revoked_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "invites_email_canonical" CHECK ("email" = lower("email") AND "email" ~ '^[\x21-\x7e]{3,254}$'),
  ADD CONSTRAINT "invites_token_hash_length"
    CHECK (octet_length("token_hash") = 32 AND octet_length("mailed_token_hash") = 32),
  ADD CONSTRAINT "invites_ended_once" CHECK ("used_at" IS NULL OR "revoked_at" IS NULL),
  ADD CONSTRAINT "invites_invited_by_fkey" FOREIGN KEY ("invited_by") REFERENCES "users" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "invites_accepted_by_fkey" FOREIGN KEY ("accepted_by") REFERENCES "users" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX "invites_mailed_token_hash_key" ON "invites" ("mailed_token_hash");
-- One that waits for each address. Prisma's schema cannot say the condition.
CREATE UNIQUE INDEX "invites_one_pending" ON "invites" ("workspace_id", "email")
  WHERE "used_at" IS NULL AND "revoked_at" IS NULL;
CREATE INDEX "invites_email_idx" ON "invites" ("email");
CREATE INDEX "invites_invited_by_idx" ON "invites" ("invited_by");
CREATE INDEX "invites_accepted_by_idx" ON "invites" ("accepted_by");

-- Service keys -----------------------------------------------------------------------------------------------

CREATE TABLE "service_keys" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "scopes" TEXT[] NOT NULL,
  "secret_kid" INTEGER NOT NULL,
  "secret_mac" BYTEA NOT NULL,
  "previous_kid" INTEGER,
  "previous_mac" BYTEA,
  "previous_expires_at" TIMESTAMPTZ(3),
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "rotated_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  "locked_at" TIMESTAMPTZ(3),
  "last_used_at" TIMESTAMPTZ(3),
  "created_by" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "service_keys_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "service_keys_name_length" CHECK (char_length("name") BETWEEN 1 AND 200),
  CONSTRAINT "service_keys_role_known" CHECK ("role" IN ('viewer', 'member', 'admin')),
  CONSTRAINT "service_keys_scopes_some" CHECK (cardinality("scopes") > 0),
  CONSTRAINT "service_keys_mac_length" CHECK (octet_length("secret_mac") = 32 AND octet_length("previous_mac") = 32),
  CONSTRAINT "service_keys_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "service_keys_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "users" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE
);
-- A token names its key and no workspace.
CREATE UNIQUE INDEX "service_keys_id_key" ON "service_keys" ("id");
CREATE INDEX "service_keys_created_by_idx" ON "service_keys" ("created_by");
GRANT SELECT, INSERT, UPDATE, DELETE ON "service_keys" TO projo_tenant;
GRANT SELECT, UPDATE ("last_used_at") ON "service_keys" TO projo_system;

ALTER TABLE "service_keys" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "service_keys" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "service_keys" TO projo_tenant
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));
-- Outside a workspace a key is seen by who names it.
CREATE POLICY "named" ON "service_keys" FOR SELECT TO projo_system
  USING ("id" = ANY ((SELECT string_to_array(current_setting('app.service_key_ids', true), ','))::uuid[]));
CREATE POLICY "used" ON "service_keys" FOR UPDATE TO projo_system
  USING ("id" = ANY ((SELECT string_to_array(current_setting('app.service_key_ids', true), ','))::uuid[]));

-- Who sees what outside a workspace --------------------------------------------------------------------------

-- Emails of a workspace's own members, and of nobody else.
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "accounts" ON "users" TO projo_system USING (true) WITH CHECK (true);
CREATE POLICY "members" ON "users" FOR SELECT TO projo_tenant
  USING ("id" IN (SELECT m."user_id" FROM "workspace_members" AS m));
GRANT SELECT ("id", "email") ON "users" TO projo_tenant;

-- An invite is seen by who holds its token, and by the person whose verified address it names.
GRANT SELECT ("id", "workspace_id", "email", "role", "token_hash", "mailed_token_hash", "invited_by", "expires_at",
  "used_at", "revoked_at", "created_at") ON "invites" TO projo_system;
CREATE POLICY "holder" ON "invites" FOR SELECT TO projo_system
  USING (
    "token_hash" = (SELECT decode(nullif(current_setting('app.invite_token_hash', true), ''), 'hex'))
    OR "mailed_token_hash" = (SELECT decode(nullif(current_setting('app.invite_token_hash', true), ''), 'hex'))
  );
CREATE POLICY "addressee" ON "invites" FOR SELECT TO projo_system
  USING ("email" = (
    SELECT u."email" FROM "users" AS u
     WHERE u."id" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid) AND u."email_verified_at" IS NOT NULL
  ));
-- The workspace behind an invite that is seen, by its name.
CREATE POLICY "invited" ON "workspaces" FOR SELECT TO projo_system
  USING (EXISTS (SELECT FROM "invites" AS i WHERE i."workspace_id" = "workspaces"."id"));
-- A workspace that nobody can restore any more is to be purged.
CREATE POLICY "purged" ON "workspaces" FOR SELECT TO projo_system
  USING ("deleted_at" < now() - interval '30 days');

-- Mail -------------------------------------------------------------------------------------------------------

-- Mail of a workspace: what it says that is no secret, and for an invite what makes the token that it brings.
ALTER TABLE "mail_outbox"
  ADD COLUMN "about_workspace_id" UUID,
  ADD COLUMN "invite_id" UUID,
  ADD COLUMN "token_kid" INTEGER,
  ADD COLUMN "token_salt" BYTEA,
  ADD COLUMN "expires_at" TIMESTAMPTZ(3),
  ADD COLUMN "facts" JSONB NOT NULL DEFAULT '{}',
  ADD CONSTRAINT "mail_outbox_about_workspace_id_fkey" FOREIGN KEY ("about_workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "mail_outbox_about_workspace_id_invite_id_fkey" FOREIGN KEY ("about_workspace_id", "invite_id")
    REFERENCES "invites" ("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "mail_outbox_about_workspace_id_invite_id_idx" ON "mail_outbox" ("about_workspace_id", "invite_id");
ALTER TABLE "mail_outbox" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "mail_outbox" FORCE ROW LEVEL SECURITY;
CREATE POLICY "post" ON "mail_outbox" TO projo_system USING (true) WITH CHECK (true);
CREATE POLICY "tenant" ON "mail_outbox" TO projo_tenant
  USING ("about_workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("about_workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT INSERT ("id", "template", "recipient", "about_workspace_id", "invite_id", "token_kid", "token_salt", "expires_at", "facts"),
  SELECT ("about_workspace_id", "invite_id", "status"), DELETE ON "mail_outbox" TO projo_tenant;

-- Functions --------------------------------------------------------------------------------------------------

-- As before, and a member of a deleted workspace has no place in it.
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
   WHERE s.id = a_session;
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

-- The same question for a key. Whoever asks has yet to compare the secret.
CREATE FUNCTION "projo_service_key"(a_key UUID)
  RETURNS TABLE (
    key_id UUID, workspace_id UUID, name TEXT, role TEXT, scopes TEXT[], secret_kid INTEGER, secret_mac BYTEA,
    previous_kid INTEGER, previous_mac BYTEA, created_by UUID
  )
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.service_key_ids', a_key::text, true);
  RETURN QUERY
    SELECT k.id, k.workspace_id, k.name, k.role, k.scopes, k.secret_kid, k.secret_mac,
           CASE WHEN k.previous_expires_at > clock_timestamp() THEN k.previous_kid END,
           CASE WHEN k.previous_expires_at > clock_timestamp() THEN k.previous_mac END,
           k.created_by
      FROM public.service_keys AS k
     WHERE k.id = a_key AND k.revoked_at IS NULL AND k.locked_at IS NULL AND k.expires_at > clock_timestamp();
END
$$;

-- When keys were last used: noted for many at once, and never set back.
CREATE FUNCTION "projo_keys_used"(the_keys UUID[], the_seconds_ago DOUBLE PRECISION[])
  RETURNS VOID
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.service_key_ids', array_to_string(the_keys, ','), true);
  -- In one order, so that two who note the same keys never wait for each other crosswise.
  PERFORM FROM public.service_keys WHERE id = ANY (the_keys) ORDER BY id FOR NO KEY UPDATE;
  UPDATE public.service_keys AS k
     SET last_used_at = greatest(k.last_used_at, clock_timestamp() - make_interval(secs => used.ago))
    FROM unnest(the_keys, the_seconds_ago) AS used(id, ago)
   WHERE k.id = used.id;
END
$$;

-- The door of every write. The membership, or the key, is read again and locked FOR SHARE, so that its end or its
-- demotion either waits for this write or is seen by it.
DROP FUNCTION "projo_enter"(UUID, TEXT[]);
CREATE FUNCTION "projo_enter"(a_user UUID, a_roles TEXT[], a_locked BOOLEAN)
  RETURNS VOID
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  held TEXT;
BEGIN
  SELECT m.role INTO held
    FROM public.workspace_members AS m
   WHERE m.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
     AND m.user_id = a_user
     AND (m.locked_at IS NOT NULL) = a_locked
     FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'not a member of this workspace' USING ERRCODE = 'PJ404';
  END IF;
  IF NOT held = ANY (a_roles) THEN
    RAISE EXCEPTION 'the role % does not suffice', held USING ERRCODE = 'PJ403';
  END IF;
END
$$;

CREATE FUNCTION "projo_enter_by_key"(a_key UUID, a_permission TEXT, a_roles TEXT[])
  RETURNS VOID
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  held RECORD;
BEGIN
  SELECT k.role, k.scopes INTO held
    FROM public.service_keys AS k
   WHERE k.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
     AND k.id = a_key
     AND k.revoked_at IS NULL AND k.locked_at IS NULL AND k.expires_at > clock_timestamp()
     FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such key of this workspace' USING ERRCODE = 'PJ401';
  END IF;
  IF NOT (held.role = ANY (a_roles) AND a_permission = ANY (held.scopes)) THEN
    RAISE EXCEPTION 'the key does not hold %', a_permission USING ERRCODE = 'PJ403';
  END IF;
END
$$;

-- The invite behind a token, by the token's hash, while it can be accepted.
CREATE FUNCTION "projo_invite"(a_hash BYTEA)
  RETURNS TABLE (
    id UUID, workspace_id UUID, workspace_name TEXT, email TEXT, role TEXT, inviter_email TEXT, mailed BOOLEAN,
    expires_at TIMESTAMPTZ
  )
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.invite_token_hash', encode(a_hash, 'hex'), true);
  RETURN QUERY
    SELECT i.id, i.workspace_id, w.name, i.email, i.role, u.email, i.mailed_token_hash = a_hash, i.expires_at::timestamptz
      FROM public.invites AS i
      JOIN public.workspaces AS w ON w.id = i.workspace_id AND w.deleted_at IS NULL
      JOIN public.users AS u ON u.id = i.invited_by
     WHERE (i.token_hash = a_hash OR i.mailed_token_hash = a_hash)
       AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp();
END
$$;

-- The invites that wait for a person, by their verified address, newest first.
CREATE FUNCTION "projo_person_invites"(a_user UUID, a_before UUID, a_limit INTEGER)
  RETURNS TABLE (
    id UUID, workspace_id UUID, workspace_name TEXT, role TEXT, inviter_email TEXT, expires_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ
  )
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.user_id', a_user::text, true);
  RETURN QUERY
    SELECT i.id, i.workspace_id, w.name, i.role, u.email, i.expires_at::timestamptz, i.created_at::timestamptz
      FROM public.invites AS i
      JOIN public.workspaces AS w ON w.id = i.workspace_id AND w.deleted_at IS NULL
      JOIN public.users AS u ON u.id = i.invited_by
     WHERE i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp()
       AND (a_before IS NULL OR i.id < a_before)
     ORDER BY i.id DESC LIMIT a_limit;
END
$$;

REVOKE EXECUTE ON FUNCTION "projo_service_key"(UUID), "projo_keys_used"(UUID[], DOUBLE PRECISION[]),
  "projo_enter"(UUID, TEXT[], BOOLEAN), "projo_enter_by_key"(UUID, TEXT, TEXT[]), "projo_invite"(BYTEA),
  "projo_person_invites"(UUID, UUID, INTEGER) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_service_key"(UUID), "projo_keys_used"(UUID[], DOUBLE PRECISION[]), "projo_invite"(BYTEA),
  "projo_person_invites"(UUID, UUID, INTEGER) TO projo_system;
GRANT EXECUTE ON FUNCTION "projo_enter"(UUID, TEXT[], BOOLEAN), "projo_enter_by_key"(UUID, TEXT, TEXT[]) TO projo_tenant;
