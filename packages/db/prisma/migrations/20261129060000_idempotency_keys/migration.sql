-- The idempotency keys of mutations, and their answers. A row is inserted by the transaction of the mutation, so of several
-- calls with one key only one commits.

-- The keys of calls in a workspace.
-- id: a hash of the key, its actor and its workspace. The key itself is not stored.
-- fingerprint: a MAC of the operation and its input.
-- answer: the answer, encrypted under a key that the server derives from its own key and the idempotency key.
-- created: the row that a single statement made; its answer is derived from the row. Such an answer contains no secret.
CREATE TABLE "idempotency_keys" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "fingerprint" BYTEA NOT NULL,
  "answer" BYTEA,
  "created" JSONB,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "idempotency_keys_fingerprint_length" CHECK (octet_length("fingerprint") = 16),
  CONSTRAINT "idempotency_keys_one_answer" CHECK ("answer" IS NULL OR "created" IS NULL)
);
-- The times of the rows increase with their places in the table, so a BRIN index finds the old rows. It costs an insert
-- almost nothing.
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" USING brin ("created_at");

ALTER TABLE "idempotency_keys" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "idempotency_keys" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "idempotency_keys" TO projo_tenant
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));
GRANT SELECT, INSERT, UPDATE, DELETE ON "idempotency_keys" TO projo_tenant;

-- Deletes up to so many keys that are older than 24 hours. It runs as the owner, who may be a plain role that row-level
-- security binds, so the owner sees the expired keys of all workspaces.
CREATE POLICY "expired_read" ON "idempotency_keys" FOR SELECT TO CURRENT_USER
  USING ("created_at" < now() - INTERVAL '24 hours');
CREATE POLICY "expired" ON "idempotency_keys" FOR DELETE TO CURRENT_USER
  USING ("created_at" < now() - INTERVAL '24 hours');
CREATE FUNCTION "projo_delete_expired_keys"(a_most INTEGER) RETURNS INTEGER
  LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH old AS (
    SELECT ctid AS place FROM public.idempotency_keys WHERE created_at < now() - INTERVAL '24 hours' LIMIT a_most
  ), deleted AS (
    DELETE FROM public.idempotency_keys AS k USING old
     WHERE k.ctid = old.place AND k.created_at < now() - INTERVAL '24 hours' RETURNING 1
  )
  SELECT count(*)::integer FROM deleted
$$;
REVOKE EXECUTE ON FUNCTION "projo_delete_expired_keys"(INTEGER) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_delete_expired_keys"(INTEGER) TO projo_system;

-- The keys of calls outside a workspace: of a signed-in user, or of a caller without a session. The columns are the same.
CREATE TABLE "account_idempotency_keys" (
  "id" UUID NOT NULL,
  "fingerprint" BYTEA NOT NULL,
  "answer" BYTEA,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "account_idempotency_keys_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "account_idempotency_keys_fingerprint_length" CHECK (octet_length("fingerprint") = 16)
);
CREATE INDEX "account_idempotency_keys_created_at_idx" ON "account_idempotency_keys" USING brin ("created_at");
GRANT SELECT, INSERT, UPDATE, DELETE ON "account_idempotency_keys" TO projo_system;
