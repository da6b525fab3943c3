-- Sessions whose tokens are refreshed, tokens for one use, and what happened to an account.

ALTER TABLE "users" ADD COLUMN "email_verified_at" TIMESTAMPTZ(3);

-- Tokens change their form, so whoever is signed in signs in again.
DELETE FROM "sessions";
ALTER TABLE "sessions"
  DROP COLUMN "secret_hash",
  ADD COLUMN "salt" BYTEA NOT NULL,
  ADD COLUMN "generation" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "confirmed" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "rotated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ADD COLUMN "ip" TEXT,
  ADD COLUMN "user_agent" TEXT,
  ADD COLUMN "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ADD COLUMN "absolute_expires_at" TIMESTAMPTZ(3) NOT NULL,
  ADD CONSTRAINT "sessions_salt_length" CHECK (octet_length("salt") = 32),
  ADD CONSTRAINT "sessions_generation_positive" CHECK ("generation" > 0);

CREATE TABLE "one_time_tokens" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "purpose" TEXT NOT NULL,
  "salt" BYTEA NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "used_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "one_time_tokens_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "one_time_tokens_purpose_known" CHECK ("purpose" IN ('email.verify', 'password.reset')),
  CONSTRAINT "one_time_tokens_salt_length" CHECK (octet_length("salt") = 32),
  CONSTRAINT "one_time_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "one_time_tokens_user_id_purpose_idx" ON "one_time_tokens" ("user_id", "purpose");
CREATE INDEX "one_time_tokens_expires_at_idx" ON "one_time_tokens" ("expires_at");
GRANT SELECT, INSERT, UPDATE, DELETE ON "one_time_tokens" TO projo_system;

CREATE TABLE "account_events" (
  "id" UUID NOT NULL,
  "user_id" UUID,
  "action" TEXT NOT NULL,
  "outcome" TEXT NOT NULL,
  "session_id" UUID,
  "request_id" TEXT,
  "ip" TEXT,
  "user_agent" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "account_events_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "account_events_outcome_known" CHECK ("outcome" IN ('ok', 'refused'))
);
CREATE INDEX "account_events_user_id_id_idx" ON "account_events" ("user_id", "id");
-- Written and read; nobody but the owner of the database can change them.
GRANT SELECT, INSERT ON "account_events" TO projo_system;

-- What every request asks first, now with what its token is checked against, and the only clock that counts.
DROP FUNCTION "projo_session"(UUID, UUID);
CREATE FUNCTION "projo_session"(a_session UUID, a_workspace UUID)
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
     AND m.workspace_id = coalesce(a_workspace, projo_session.current_workspace_id);
  RETURN NEXT;
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_session"(UUID, UUID) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_session"(UUID, UUID) TO projo_system;

-- Mail waits here from the transaction that wants it sent. It holds no link and no token: those are made when it is sent.
CREATE TABLE "mail_outbox" (
  "id" UUID NOT NULL,
  "template" TEXT NOT NULL,
  "recipient" TEXT NOT NULL,
  "one_time_token_id" UUID,
  "status" TEXT NOT NULL DEFAULT 'pending',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_error" TEXT,
  "sent_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "mail_outbox_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "mail_outbox_status_known" CHECK ("status" IN ('pending', 'sent', 'dead')),
  CONSTRAINT "mail_outbox_one_time_token_id_fkey" FOREIGN KEY ("one_time_token_id") REFERENCES "one_time_tokens" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "mail_outbox_status_next_attempt_at_idx" ON "mail_outbox" ("status", "next_attempt_at");
CREATE INDEX "mail_outbox_one_time_token_id_idx" ON "mail_outbox" ("one_time_token_id");
GRANT SELECT, INSERT, UPDATE, DELETE ON "mail_outbox" TO projo_system;
