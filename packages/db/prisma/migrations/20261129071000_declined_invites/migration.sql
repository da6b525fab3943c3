-- Invites that the invited person declines.

-- A declined invite is also revoked. So every condition on a pending invite holds for it too, also in the statements of the
-- previous build, which shows it as revoked.
ALTER TABLE "invites"
  ADD COLUMN "declined_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "invites_declined_is_revoked" CHECK ("declined_at" IS NULL OR "revoked_at" IS NOT NULL);
GRANT SELECT ("declined_at") ON "invites" TO projo_system;

-- The invite that a user can decline, or has declined: by its id, by the hash of one of its tokens, or by both. Its address is
-- that of the user, and is verified, or the hash is that of the mailed token, which only the owner of the mailbox has.
CREATE FUNCTION "projo_addressed_invite"(a_user UUID, a_invite UUID, a_hash BYTEA)
  RETURNS TABLE (id UUID, workspace_id UUID)
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.user_id', a_user::text, true),
          set_config('app.invite_token_hash', coalesce(encode(a_hash, 'hex'), ''), true);
  RETURN QUERY
    SELECT i.id, i.workspace_id
      FROM public.users AS u
      JOIN public.invites AS i ON i.email = u.email
      JOIN public.workspaces AS w ON w.id = i.workspace_id AND w.deleted_at IS NULL
     WHERE u.id = a_user AND (a_invite IS NOT NULL OR a_hash IS NOT NULL)
       AND (a_invite IS NULL OR i.id = a_invite)
       AND (a_hash IS NULL OR i.token_hash = a_hash OR i.mailed_token_hash = a_hash)
       AND (u.email_verified_at IS NOT NULL OR i.mailed_token_hash = a_hash)
       AND (i.declined_at IS NOT NULL
            OR (i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp()));
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_addressed_invite"(UUID, UUID, BYTEA) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_addressed_invite"(UUID, UUID, BYTEA) TO projo_system;
