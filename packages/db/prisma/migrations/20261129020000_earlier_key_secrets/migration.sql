-- A rotation keeps every secret of a service key that still works until the end that was announced for it. So a rotation can
-- be repeated when its answer was lost. docs/decisions/service-keys.md gives the reasons.

ALTER TABLE "service_keys"
  -- The secrets before the previous one, oldest first. The three arrays have one element for each secret.
  ADD COLUMN "earlier_kids" INTEGER[] NOT NULL DEFAULT ARRAY[]::INTEGER[],
  ADD COLUMN "earlier_macs" BYTEA[] NOT NULL DEFAULT ARRAY[]::BYTEA[],
  ADD COLUMN "earlier_expire_at" TIMESTAMPTZ(3)[] NOT NULL DEFAULT ARRAY[]::TIMESTAMPTZ(3)[],
  -- The end of the newest secret, if the key ends later because of an earlier secret. Null: expires_at.
  ADD COLUMN "secret_expires_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "service_keys_earlier_secrets" CHECK (
    cardinality("earlier_kids") = cardinality("earlier_macs") AND cardinality("earlier_kids") = cardinality("earlier_expire_at")
    AND cardinality("earlier_kids") <= 20
  );

-- The trigger, and not the statement of the server, keeps the earlier secrets: the statement of a server of the previous build
-- also cannot end one early, and its rotation without an overlap ends all of them.
CREATE FUNCTION "projo_keep_earlier_secrets"() RETURNS TRIGGER
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rotated TIMESTAMPTZ := clock_timestamp();
BEGIN
  NEW.secret_expires_at := NULL;
  IF NEW.previous_mac IS NULL THEN
    NEW.earlier_kids := '{}';
    NEW.earlier_macs := '{}';
    NEW.earlier_expire_at := '{}';
    RETURN NEW;
  END IF;
  NEW.previous_expires_at := least(NEW.previous_expires_at, OLD.secret_expires_at);
  SELECT coalesce(array_agg(e.kid ORDER BY e.nth), '{}'), coalesce(array_agg(e.mac ORDER BY e.nth), '{}'),
         coalesce(array_agg(e.expires_at ORDER BY e.nth), '{}')
    INTO NEW.earlier_kids, NEW.earlier_macs, NEW.earlier_expire_at
    FROM unnest(
           OLD.earlier_kids || OLD.previous_kid, OLD.earlier_macs || ARRAY[OLD.previous_mac],
           OLD.earlier_expire_at || OLD.previous_expires_at
         ) WITH ORDINALITY AS e(kid, mac, expires_at, nth)
   WHERE e.expires_at > rotated;
  IF EXISTS (SELECT FROM unnest(NEW.earlier_expire_at) AS e(expires_at) WHERE e.expires_at > NEW.expires_at) THEN
    -- The key has to work for as long as one of its secrets. The newest secret keeps its own end.
    NEW.secret_expires_at := NEW.expires_at;
    NEW.expires_at := (SELECT max(e.expires_at) FROM unnest(NEW.earlier_expire_at) AS e(expires_at));
  END IF;
  RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_keep_earlier_secrets"() FROM PUBLIC;

CREATE TRIGGER "earlier_secrets" BEFORE UPDATE OF "secret_mac" ON "service_keys" FOR EACH ROW
  WHEN (NEW."secret_mac" IS DISTINCT FROM OLD."secret_mac")
  EXECUTE FUNCTION "projo_keep_earlier_secrets"();

-- As before, with the earlier secrets that still work. A server of the previous build reads the columns that it knows.
DROP FUNCTION "projo_service_key"(UUID);
CREATE FUNCTION "projo_service_key"(a_key UUID)
  RETURNS TABLE (
    key_id UUID, workspace_id UUID, name TEXT, role TEXT, scopes TEXT[], secret_kid INTEGER, secret_mac BYTEA,
    previous_kid INTEGER, previous_mac BYTEA, created_by UUID, earlier_kids INTEGER[], earlier_macs BYTEA[]
  )
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  -- One moment for both arrays, which have to keep the same length.
  asked TIMESTAMPTZ := clock_timestamp();
BEGIN
  PERFORM set_config('app.service_key_ids', a_key::text, true);
  RETURN QUERY
    SELECT k.id, k.workspace_id, k.name, k.role, k.scopes, k.secret_kid,
           CASE WHEN k.secret_expires_at <= asked THEN NULL ELSE k.secret_mac END,
           CASE WHEN k.previous_expires_at > clock_timestamp() THEN k.previous_kid END,
           CASE WHEN k.previous_expires_at > clock_timestamp() THEN k.previous_mac END,
           k.created_by,
           ARRAY(SELECT e.kid FROM unnest(k.earlier_kids, k.earlier_expire_at) WITH ORDINALITY AS e(kid, expires_at, nth)
                  WHERE e.expires_at > asked ORDER BY e.nth),
           ARRAY(SELECT e.mac FROM unnest(k.earlier_macs, k.earlier_expire_at) WITH ORDINALITY AS e(mac, expires_at, nth)
                  WHERE e.expires_at > asked ORDER BY e.nth)
      FROM public.service_keys AS k
     WHERE k.id = a_key AND k.revoked_at IS NULL AND k.locked_at IS NULL AND k.expires_at > clock_timestamp();
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_service_key"(UUID) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_service_key"(UUID) TO projo_system;
