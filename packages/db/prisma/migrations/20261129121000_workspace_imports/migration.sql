-- Workspaces that are imported from another server: the state of the import, the people who are named in the imported rows, and
-- the records of the audit logs that the workspace had before. docs/decisions/imported-history.md explains the tables.

-- One import for each workspace.
-- source_id: the id of the workspace on the other server.
-- salt: the ids of the imported rows are derived from it and the ids that the rows had.
-- progress: the number of imported rows of each table.
CREATE TABLE "imports" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "source_id" UUID NOT NULL,
  "manifest_hash" BYTEA NOT NULL,
  "salt" BYTEA NOT NULL,
  "progress" JSONB NOT NULL DEFAULT '{}',
  "finished_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "imports_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "imports_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "imports_workspace_id_key" ON "imports" ("workspace_id");

-- source_id: the id of the user on the other server. user_id: the member with the same address, or a user who cannot sign in
-- and stands for the author until a member with this address joins. role: of a person who was a member there.
CREATE TABLE "imported_authors" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "source_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "email" TEXT,
  "role" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "imported_authors_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "imported_authors_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE,
  CONSTRAINT "imported_authors_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE RESTRICT
);
CREATE UNIQUE INDEX "imported_authors_workspace_id_source_id_key" ON "imported_authors" ("workspace_id", "source_id");
CREATE INDEX "imported_authors_user_id_idx" ON "imported_authors" ("user_id");

-- The lines of exported audit logs, each log in the order of its lines. text: the hashed text of an entry, or the header or
-- footer of the file, which have no hash.
CREATE TABLE "imported_records" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "log" INTEGER NOT NULL,
  "line" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  "hash" BYTEA,
  "actor_user_id" UUID,
  "personal_json" JSONB,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "imported_records_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "imported_records_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE
);
CREATE UNIQUE INDEX "imported_records_workspace_id_log_line_key" ON "imported_records" ("workspace_id", "log", "line");

GRANT SELECT, INSERT, UPDATE, DELETE ON "imports" TO projo_tenant;
ALTER TABLE "imports" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "imports" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "imports" TO projo_tenant
  USING ("workspace_id" = nullif(current_setting('app.workspace_id', true), '')::uuid)
  WITH CHECK ("workspace_id" = nullif(current_setting('app.workspace_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON "imported_authors" TO projo_tenant;
ALTER TABLE "imported_authors" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "imported_authors" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "imported_authors" TO projo_tenant
  USING ("workspace_id" = nullif(current_setting('app.workspace_id', true), '')::uuid)
  WITH CHECK ("workspace_id" = nullif(current_setting('app.workspace_id', true), '')::uuid);

-- Nobody changes a line of an old log. An erasure and the purge of the workspace act with the rights of the owner.
GRANT SELECT, INSERT ON "imported_records" TO projo_tenant;
ALTER TABLE "imported_records" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "imported_records" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "imported_records" TO projo_tenant
  USING ("workspace_id" = nullif(current_setting('app.workspace_id', true), '')::uuid)
  WITH CHECK ("workspace_id" = nullif(current_setting('app.workspace_id', true), '')::uuid);

-- Users who stand for the authors of imported rows. They have no password and no mailbox, so nobody can sign in as one.
CREATE FUNCTION "projo_add_imported_users"(the_ids UUID[]) RETURNS VOID
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO public.users (id, email, password_hash)
  SELECT one, 'imported-' || one || '@imported.invalid', '!' FROM unnest(the_ids) AS one;
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_add_imported_users"(UUID[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_add_imported_users"(UUID[]) TO projo_tenant;

-- The author of a row changes only when the person who stands for it becomes a member. The row itself stays the same.
CREATE OR REPLACE TRIGGER "row_changed" BEFORE UPDATE ON "tasks" FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD."created_by" = NEW."created_by")
  EXECUTE FUNCTION "projo_row_changed"();
CREATE OR REPLACE TRIGGER "row_changed" BEFORE UPDATE ON "projects" FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.* AND OLD."created_by" = NEW."created_by")
  EXECUTE FUNCTION "projo_row_changed"();

-- An erasure also removes what an import brought about the person.
CREATE POLICY "erasure" ON "imported_records" TO CURRENT_USER
  USING (nullif(current_setting('app.erasing', true), '') IS NOT NULL);
CREATE POLICY "erasure" ON "imported_authors" TO CURRENT_USER
  USING (nullif(current_setting('app.erasing', true), '') IS NOT NULL);

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
  -- The records that a workspace brought from another server. Their hashed text contains no personal value.
  UPDATE public.imported_records AS record
     SET personal_json = nullif(record.personal_json
           - CASE WHEN record.personal_json -> 'email' ->> 'value' = address THEN ARRAY['email'] ELSE ARRAY[]::TEXT[] END
           - CASE WHEN author.source_id IS NOT NULL THEN ARRAY['ip', 'userAgent'] ELSE ARRAY[]::TEXT[] END, '{}')
    FROM public.imported_records AS found LEFT JOIN public.imported_authors AS author
      ON author.workspace_id = found.workspace_id AND (author.user_id = a_user OR author.email = address)
     AND author.source_id = found.actor_user_id
   WHERE record.workspace_id = found.workspace_id AND record.id = found.id
     AND (found.personal_json -> 'email' ->> 'value' = address
          OR author.source_id IS NOT NULL AND found.personal_json ?| ARRAY['ip', 'userAgent']);
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
  IF a_anonymise AND changed < a_most AND address <> erased THEN
    UPDATE public.imported_authors SET email = NULL WHERE email = address;
    UPDATE public.users SET email = erased WHERE id = a_user;
    INSERT INTO public.account_events (id, user_id, action, outcome)
    VALUES (gen_random_uuid(), a_user, 'account.erased', 'ok');
  END IF;
  -- An error undoes these with all else.
  PERFORM set_config('app.erasing', '', true), set_config('app.erasing_email', '', true),
          set_config('app.workspace_id', '', true);
  RETURN changed;
END
$$;
