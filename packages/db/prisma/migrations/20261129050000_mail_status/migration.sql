-- The status of a mail for its sender, and notices about changes to an account or a membership.

-- informed_user_id: the user whom a notice informs; null for other mails.
-- change_count: the number of changes that a notice reports.
-- status_at: when the status last changed. problem: the class of the last failure; last_error has its text for the operator.
ALTER TABLE "mail_outbox"
  ADD COLUMN "informed_user_id" UUID,
  ADD COLUMN "change_count" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "status_at" TIMESTAMPTZ(3),
  ADD COLUMN "problem" TEXT,
  ADD CONSTRAINT "mail_outbox_problem_known" CHECK (
    "problem" IN ('recipient_rejected', 'message_rejected', 'not_accepted', 'link_expired')
  );
CREATE INDEX "mail_outbox_informed_user_id_idx" ON "mail_outbox" ("informed_user_id");
-- Mails of earlier builds have no time of their status.
ALTER TABLE "mail_outbox" ALTER COLUMN "status_at" SET DEFAULT CURRENT_TIMESTAMP;

-- A workspace sees the status of its mails, and may replace its notices that wait. It still reads no recipient, no facts
-- and no error text.
GRANT INSERT ("informed_user_id", "change_count", "next_attempt_at"),
  SELECT ("template", "attempts", "created_at", "next_attempt_at", "informed_user_id", "change_count", "sent_at",
    "status_at", "problem")
  ON "mail_outbox" TO projo_tenant;

-- The previous build does not know the new columns, so the database sets them.
CREATE FUNCTION "projo_mail_status_changed"() RETURNS TRIGGER
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.status_at := clock_timestamp();
  IF NEW.status <> 'dead' THEN
    NEW.problem := NULL;
  END IF;
  RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_mail_status_changed"() FROM PUBLIC;
CREATE TRIGGER "status_changed" BEFORE UPDATE ON "mail_outbox" FOR EACH ROW
  WHEN (OLD."status" IS DISTINCT FROM NEW."status")
  EXECUTE FUNCTION "projo_mail_status_changed"();

-- Queues a notice to a user. A notice of the same kind that no server has begun to send is replaced by the new one, which
-- reports both changes. After a_most notices in a_seconds, the next one waits, so that repeated changes cannot flood a
-- mailbox, and the last state is always reported.
CREATE FUNCTION "projo_queue_notice"(
  a_template TEXT, a_user UUID, a_recipient TEXT, a_workspace UUID, a_facts JSONB, a_most INTEGER,
  a_seconds DOUBLE PRECISION
) RETURNS VOID
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  waiting RECORD;
  recent RECORD;
BEGIN
  WITH replaced AS (
    DELETE FROM public.mail_outbox
     WHERE informed_user_id = a_user AND template = a_template
       AND about_workspace_id IS NOT DISTINCT FROM a_workspace AND status = 'pending' AND attempts = 0
    RETURNING next_attempt_at, change_count
  )
  SELECT min(next_attempt_at) AS due_at, coalesce(sum(change_count), 0)::integer AS changes INTO waiting FROM replaced;
  SELECT count(*)::integer AS notices, min(created_at) AS first_at INTO recent
    FROM public.mail_outbox
   WHERE informed_user_id = a_user AND template = a_template AND about_workspace_id IS NOT DISTINCT FROM a_workspace
     AND created_at > now() - make_interval(secs => a_seconds);
  INSERT INTO public.mail_outbox
    (id, template, recipient, about_workspace_id, facts, informed_user_id, change_count, next_attempt_at)
  VALUES (
    gen_random_uuid(), a_template, a_recipient, a_workspace, a_facts, a_user, waiting.changes + 1,
    coalesce(
      waiting.due_at,
      CASE WHEN recent.notices >= a_most THEN recent.first_at + make_interval(secs => a_seconds) END,
      now()));
END
$$;
REVOKE EXECUTE ON FUNCTION
  "projo_queue_notice"(TEXT, UUID, TEXT, UUID, JSONB, INTEGER, DOUBLE PRECISION) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  "projo_queue_notice"(TEXT, UUID, TEXT, UUID, JSONB, INTEGER, DOUBLE PRECISION) TO projo_system, projo_tenant;
