-- A log that proves itself: every entry is hashed together with the hash before it, one chain a workspace.
-- docs/audit.md says how to check one without this database.

-- The log -----------------------------------------------------------------------------------------------------

ALTER TABLE "audit_logs"
  ADD COLUMN "seq" BIGINT,
  ADD COLUMN "actor_kind" TEXT,
  ADD COLUMN "actor_key_id" UUID,
  ADD COLUMN "outcome" TEXT NOT NULL DEFAULT 'ok',
  ADD COLUMN "request_id" TEXT,
  ADD COLUMN "session_id" UUID,
  ADD COLUMN "personal_json" JSONB,
  ADD COLUMN "commitments_json" JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN "hash" BYTEA;
ALTER TABLE "audit_logs"
  ALTER COLUMN "outcome" DROP DEFAULT,
  ALTER COLUMN "commitments_json" DROP DEFAULT;

-- Where each chain ends. Whoever appends holds the row's lock until the transaction ends, so that no number is
-- given twice, and one that is undone is given again.
CREATE TABLE "audit_heads" (
  "workspace_id" UUID NOT NULL,
  "seq" BIGINT NOT NULL,
  "hash" BYTEA NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,
  "denials_hour" TIMESTAMPTZ(3),
  "denials" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("workspace_id"),
  CONSTRAINT "audit_heads_hash_length" CHECK (octet_length("hash") = 32)
) WITH (fillfactor = 50); -- a row that is rewritten at every entry finds room beside itself

-- What is hashed of an entry: one JSON text, the same on every version and under every setting. SQL in this form is
-- bound to its tables and functions now, whatever the search path will be.
CREATE FUNCTION "projo_audit_text"(entry "audit_logs") RETURNS TEXT
  LANGUAGE sql STABLE
  RETURN json_build_object(
    'version', 1,
    'workspaceId', entry."workspace_id",
    'seq', entry."seq",
    'id', entry."id",
    'createdAt', to_char(entry."created_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'actorKind', entry."actor_kind",
    'actorUserId', entry."actor_user_id",
    'actorKeyId', entry."actor_key_id",
    'action', entry."action",
    'targetType', entry."target_type",
    'targetId', entry."target_id",
    'outcome', entry."outcome",
    'requestId', entry."request_id",
    'sessionId', entry."session_id",
    'meta', entry."meta_json",
    'commitments', entry."commitments_json"
  )::text;

CREATE FUNCTION "projo_audit_hash"(previous BYTEA, entry "audit_logs") RETURNS BYTEA
  LANGUAGE sql STABLE
  RETURN sha256(previous || convert_to("projo_audit_text"(entry), 'UTF8'));

-- Entries from before the chain are put into it in the order in which they were written. No policy lets the owner see
-- them yet.
ALTER TABLE "audit_logs" NO FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
  entry public.audit_logs;
  head public.audit_heads;
BEGIN
  FOR entry IN SELECT * FROM public.audit_logs ORDER BY workspace_id, created_at, id LOOP
    IF head.workspace_id IS DISTINCT FROM entry.workspace_id THEN
      head := ROW(entry.workspace_id, 0, decode(repeat('00', 32), 'hex'), entry.created_at, NULL, 0);
    END IF;
    entry.seq := head.seq + 1;
    -- A key that acted was named in the meta, which stays as it was found.
    entry.actor_key_id := (entry.meta_json ->> 'actorKeyId')::uuid;
    entry.actor_kind := CASE
      WHEN entry.actor_user_id IS NOT NULL THEN 'user' WHEN entry.actor_key_id IS NOT NULL THEN 'key' ELSE 'system' END;
    entry.hash := public.projo_audit_hash(head.hash, entry);
    UPDATE public.audit_logs
       SET seq = entry.seq, actor_kind = entry.actor_kind, actor_key_id = entry.actor_key_id, hash = entry.hash
     WHERE workspace_id = entry.workspace_id AND id = entry.id;
    head.seq := entry.seq;
    head.hash := entry.hash;
    head.last_at := entry.created_at;
    INSERT INTO public.audit_heads VALUES (head.*)
        ON CONFLICT (workspace_id) DO UPDATE SET seq = head.seq, hash = head.hash, last_at = head.last_at;
  END LOOP;
END
$$;
ALTER TABLE "audit_logs" FORCE ROW LEVEL SECURITY;

ALTER TABLE "audit_logs"
  ALTER COLUMN "seq" SET NOT NULL,
  ALTER COLUMN "actor_kind" SET NOT NULL,
  ALTER COLUMN "hash" SET NOT NULL,
  ADD CONSTRAINT "audit_logs_seq_positive" CHECK ("seq" > 0),
  ADD CONSTRAINT "audit_logs_actor_kind_known" CHECK ("actor_kind" IN ('user', 'key', 'system', 'anonymous')),
  ADD CONSTRAINT "audit_logs_outcome_known" CHECK ("outcome" IN ('ok', 'denied', 'failed')),
  ADD CONSTRAINT "audit_logs_hash_length" CHECK (octet_length("hash") = 32);
CREATE UNIQUE INDEX "audit_logs_workspace_id_seq_key" ON "audit_logs" ("workspace_id", "seq");
CREATE INDEX "audit_logs_actor_user_id_workspace_id_seq_idx" ON "audit_logs" ("actor_user_id", "workspace_id", "seq");
-- By each filter of the list a page is found at once, in a long log too. All four cost an append one part in eighteen.
CREATE INDEX "audit_logs_workspace_id_action_seq_idx" ON "audit_logs" ("workspace_id", "action", "seq");
CREATE INDEX "audit_logs_workspace_id_target_type_seq_idx" ON "audit_logs" ("workspace_id", "target_type", "seq");
CREATE INDEX "audit_logs_workspace_id_target_id_seq_idx" ON "audit_logs" ("workspace_id", "target_id", "seq");
CREATE INDEX "audit_logs_workspace_id_created_at_seq_idx" ON "audit_logs" ("workspace_id", "created_at", "seq");
-- Few entries hold an address: this is how a person's are found.
CREATE INDEX "audit_logs_email_idx" ON "audit_logs" (("personal_json" -> 'email' ->> 'value'))
  WHERE "personal_json" -> 'email' IS NOT NULL;

-- Who reaches it ----------------------------------------------------------------------------------------------
-- Entries are read by their workspace, and written by the functions below alone, which run as the owner. The owner
-- may be a plain role, whom the policies bind too: to one workspace, or to the person who is being erased.

REVOKE INSERT ON "audit_logs" FROM projo_tenant;
CREATE POLICY "owner" ON "audit_logs" TO CURRENT_USER
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));
CREATE POLICY "erasure" ON "audit_logs" FOR SELECT TO CURRENT_USER
  USING (
    "actor_user_id" = (SELECT nullif(current_setting('app.erasing', true), '')::uuid)
    OR "personal_json" -> 'email' ->> 'value' = (
      SELECT u."email" FROM "users" AS u WHERE u."id" = nullif(current_setting('app.erasing', true), '')::uuid)
  );

CREATE POLICY "erasure" ON "invites" TO CURRENT_USER
  USING (
    "email" = (SELECT u."email" FROM "users" AS u WHERE u."id" = nullif(current_setting('app.erasing', true), '')::uuid)
    OR "email" = (SELECT 'erased-' || nullif(current_setting('app.erasing', true), '') || '@erased.invalid')
  );
-- Anybody's mail may name the person.
CREATE POLICY "erasure" ON "mail_outbox" TO CURRENT_USER
  USING ((SELECT nullif(current_setting('app.erasing', true), '')) IS NOT NULL);

ALTER TABLE "audit_heads" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "audit_heads" FORCE ROW LEVEL SECURITY;
CREATE POLICY "owner" ON "audit_heads" TO CURRENT_USER
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));

-- Append-only -------------------------------------------------------------------------------------------------
-- Rights keep the server's roles out; these triggers stop everyone else: cascades, and the owner's own slips, also in a
-- session that replays another database's changes (ENABLE ALWAYS). Whoever takes them off shows in the chain.

CREATE FUNCTION "projo_refuse_change"() RETURNS TRIGGER
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'PJ405';
END
$$;

-- Only an erasure changes an entry, and it only takes personal values away. Rows are compared as text, to which 1 and
-- 1.0 are two things, as they are to the hash.
CREATE TRIGGER "append_only" BEFORE UPDATE ON "audit_logs" FOR EACH ROW
  WHEN (
    coalesce(current_setting('app.erasing', true), '') = ''
    OR (to_jsonb(OLD) - 'personal_json')::text <> (to_jsonb(NEW) - 'personal_json')::text
    OR NOT coalesce(OLD."personal_json" @> NEW."personal_json", NEW."personal_json" IS NULL)
  )
  EXECUTE FUNCTION "projo_refuse_change"();
CREATE TRIGGER "no_delete" BEFORE DELETE ON "audit_logs" FOR EACH ROW EXECUTE FUNCTION "projo_refuse_change"();
CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "audit_logs" EXECUTE FUNCTION "projo_refuse_change"();
ALTER TABLE "audit_logs"
  ENABLE ALWAYS TRIGGER "append_only",
  ENABLE ALWAYS TRIGGER "no_delete",
  ENABLE ALWAYS TRIGGER "no_truncate";

-- A chain's end moves on, never back.
CREATE TRIGGER "append_only" BEFORE UPDATE ON "audit_heads" FOR EACH ROW
  WHEN (
    NEW."workspace_id" <> OLD."workspace_id" OR NEW."seq" < OLD."seq" OR NEW."last_at" < OLD."last_at"
    OR (NEW."seq" = OLD."seq" AND NEW."hash" <> OLD."hash")
  )
  EXECUTE FUNCTION "projo_refuse_change"();
CREATE TRIGGER "no_delete" BEFORE DELETE ON "audit_heads" FOR EACH ROW EXECUTE FUNCTION "projo_refuse_change"();
CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "audit_heads" EXECUTE FUNCTION "projo_refuse_change"();
ALTER TABLE "audit_heads"
  ENABLE ALWAYS TRIGGER "append_only",
  ENABLE ALWAYS TRIGGER "no_delete",
  ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "append_only" BEFORE UPDATE ON "account_events" FOR EACH ROW
  WHEN (
    (to_jsonb(OLD) - 'ip' - 'user_agent')::text <> (to_jsonb(NEW) - 'ip' - 'user_agent')::text
    OR (NEW."ip" IS NOT NULL AND NEW."ip" IS DISTINCT FROM OLD."ip")
    OR (NEW."user_agent" IS NOT NULL AND NEW."user_agent" IS DISTINCT FROM OLD."user_agent")
  )
  EXECUTE FUNCTION "projo_refuse_change"();
CREATE TRIGGER "no_delete" BEFORE DELETE ON "account_events" FOR EACH ROW EXECUTE FUNCTION "projo_refuse_change"();
CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "account_events" EXECUTE FUNCTION "projo_refuse_change"();
ALTER TABLE "account_events"
  ENABLE ALWAYS TRIGGER "append_only",
  ENABLE ALWAYS TRIGGER "no_delete",
  ENABLE ALWAYS TRIGGER "no_truncate";

-- Writing -----------------------------------------------------------------------------------------------------

-- Appends entries to the chain of the workspace that the transaction is in. Called last in the transaction of the change:
-- from here to its end, whoever else appends in this workspace waits. Returns the last entry's number.
CREATE FUNCTION "projo_audit_append"(a_entries JSONB) RETURNS BIGINT
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  here UUID := nullif(current_setting('app.workspace_id', true), '')::uuid;
  head public.audit_heads;
  entry public.audit_logs;
  given JSONB;
  salts BYTEA;
BEGIN
  IF here IS NULL THEN
    RAISE EXCEPTION 'an entry is written inside a workspace' USING ERRCODE = 'PJ400';
  END IF;
  SELECT * INTO head FROM public.audit_heads WHERE workspace_id = here FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO public.audit_heads (workspace_id, seq, hash, last_at)
    VALUES (here, 0, decode(repeat('00', 32), 'hex'), '-infinity') ON CONFLICT (workspace_id) DO NOTHING;
    SELECT * INTO head FROM public.audit_heads WHERE workspace_id = here FOR NO KEY UPDATE;
  END IF;
  FOR entry IN
    -- In the order of the table's columns; what is NULL here is filled in below.
    SELECT one."id", here, one."actorUserId", one."action", one."targetType", one."targetId", coalesce(one."meta", '{}'),
           NULL, NULL, one."actorKind", one."actorKeyId", one."outcome", one."requestId", one."sessionId", one."personal",
           '{}', NULL
      FROM jsonb_to_recordset(a_entries) AS one (
        "id" UUID, "actorKind" TEXT, "actorUserId" UUID, "actorKeyId" UUID, "action" TEXT, "targetType" TEXT,
        "targetId" TEXT, "outcome" TEXT, "requestId" TEXT, "sessionId" UUID, "meta" JSONB, "personal" JSONB)
  LOOP
    head.seq := head.seq + 1;
    -- The clock may be set back; a chain's times are not.
    head.last_at := greatest(date_trunc('milliseconds', clock_timestamp()), head.last_at);
    entry.seq := head.seq;
    entry.created_at := head.last_at;
    given := entry.personal_json;
    IF given IS NOT NULL THEN
      -- Three salts of 128 bits each, out of the 244 random bits of two UUIDs, which nobody keeps: who does not have a
      -- salt cannot try out addresses, and one tells nothing of another. A value that is NULL leaves no name behind.
      salts := sha512(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
      entry.commitments_json := jsonb_strip_nulls(jsonb_build_object(
        'email', encode(sha256(substring(salts FROM 1 FOR 16) || convert_to(given ->> 'email', 'UTF8')), 'hex'),
        'ip', encode(sha256(substring(salts FROM 17 FOR 16) || convert_to(given ->> 'ip', 'UTF8')), 'hex'),
        'userAgent', encode(sha256(substring(salts FROM 33 FOR 16) || convert_to(given ->> 'userAgent', 'UTF8')), 'hex')));
      entry.personal_json := nullif(jsonb_strip_nulls(jsonb_build_object(
        'email', CASE WHEN given ->> 'email' IS NOT NULL THEN jsonb_build_object(
          'value', given ->> 'email', 'salt', encode(substring(salts FROM 1 FOR 16), 'hex')) END,
        'ip', CASE WHEN given ->> 'ip' IS NOT NULL THEN jsonb_build_object(
          'value', given ->> 'ip', 'salt', encode(substring(salts FROM 17 FOR 16), 'hex')) END,
        'userAgent', CASE WHEN given ->> 'userAgent' IS NOT NULL THEN jsonb_build_object(
          'value', given ->> 'userAgent', 'salt', encode(substring(salts FROM 33 FOR 16), 'hex')) END)), '{}');
    END IF;
    head.hash := public.projo_audit_hash(head.hash, entry);
    entry.hash := head.hash;
    INSERT INTO public.audit_logs VALUES (entry.*);
  END LOOP;
  UPDATE public.audit_heads SET seq = head.seq, hash = head.hash, last_at = head.last_at WHERE workspace_id = here;
  RETURN head.seq;
END
$$;

-- Puts on record what was refused, 100 times an hour and workspace: whoever knocks on doors must not fill the log. The
-- hundredth entry says that it is the last. Beyond it nothing is written and nobody waits.
CREATE FUNCTION "projo_audit_deny"(a_entry JSONB) RETURNS BOOLEAN
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  most CONSTANT INTEGER := 100;
  here UUID := nullif(current_setting('app.workspace_id', true), '')::uuid;
  this_hour TIMESTAMPTZ := date_trunc('hour', clock_timestamp(), 'UTC');
  counted INTEGER;
BEGIN
  IF EXISTS (
    SELECT FROM public.audit_heads WHERE workspace_id = here AND denials_hour = this_hour AND denials >= most
  ) THEN
    RETURN false;
  END IF;
  INSERT INTO public.audit_heads AS head (workspace_id, seq, hash, last_at, denials_hour, denials)
  VALUES (here, 0, decode(repeat('00', 32), 'hex'), '-infinity', this_hour, 1)
      ON CONFLICT (workspace_id) DO UPDATE
     SET denials_hour = this_hour, denials = CASE WHEN head.denials_hour = this_hour THEN head.denials + 1 ELSE 1 END
   WHERE head.denials_hour IS DISTINCT FROM this_hour OR head.denials < most
  RETURNING denials INTO counted;
  IF counted IS NULL THEN
    RETURN false;
  END IF;
  PERFORM public.projo_audit_append(jsonb_build_array(
    a_entry || '{"outcome": "denied"}' || CASE
      WHEN counted < most THEN '{}'
      ELSE jsonb_build_object('meta', coalesce(a_entry -> 'meta', '{}') || '{"lastOfThisHour": true}')
    END));
  RETURN true;
END
$$;

-- Erasing a person --------------------------------------------------------------------------------------------

-- Takes a person's personal values out of up to so many entries and account events, in every workspace; each one's
-- chain gets an entry that says so. Returns how many it changed: fewer than asked for, and nothing is left. Then, if it is
-- to anonymise, the account loses its address. Its sessions, tokens and password go first, with the mail to it and the
-- address in invites, of which those that wait end.
CREATE FUNCTION "projo_erase_person"(a_user UUID, a_anonymise BOOLEAN DEFAULT false, a_most INTEGER DEFAULT 1000)
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
  PERFORM set_config('app.erasing', a_user::text, true);
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
  PERFORM set_config('app.erasing', '', true), set_config('app.workspace_id', '', true);
  IF a_anonymise AND changed < a_most AND address <> erased THEN
    UPDATE public.users SET email = erased WHERE id = a_user;
    INSERT INTO public.account_events (id, user_id, action, outcome)
    VALUES (gen_random_uuid(), a_user, 'account.erased', 'ok');
  END IF;
  RETURN changed;
END
$$;

REVOKE EXECUTE ON FUNCTION
  "projo_audit_text"("audit_logs"), "projo_audit_hash"(BYTEA, "audit_logs"), "projo_refuse_change"(),
  "projo_audit_append"(JSONB), "projo_audit_deny"(JSONB), "projo_erase_person"(UUID, BOOLEAN, INTEGER) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  "projo_audit_text"("audit_logs"), "projo_audit_append"(JSONB), "projo_audit_deny"(JSONB) TO projo_tenant;
GRANT EXECUTE ON FUNCTION "projo_erase_person"(UUID, BOOLEAN, INTEGER) TO projo_system;
