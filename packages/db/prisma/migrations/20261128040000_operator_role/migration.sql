-- The operator's acts get a role of their own: the server's login may no longer erase a person, nor write an entry that only
-- an operator writes. docs/decisions/operator-role.md says why.

-- Roles belong to the whole server, so another database may have made it, even at this moment.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'projo_operator') THEN
    BEGIN
      CREATE ROLE "projo_operator" NOLOGIN NOINHERIT;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN
        NULL;
      WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the owner may not make the role projo_operator: give it CREATEROLE, or make the role first by CREATE ROLE projo_operator NOLOGIN NOINHERIT'
          USING ERRCODE = 'insufficient_privilege';
    END;
  END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO projo_operator;

REVOKE EXECUTE ON FUNCTION "projo_erase_person"(UUID, BOOLEAN, INTEGER) FROM projo_system;
GRANT EXECUTE ON FUNCTION "projo_erase_person"(UUID, BOOLEAN, INTEGER) TO projo_operator;

-- Entries of the operator's acts are refused from every other login. The login is session_user: no role that a session
-- takes on changes it. The owner may write them too, as it may do everything with its tables.
CREATE FUNCTION "projo_refuse_operator_act"() RETURNS TRIGGER
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF session_user <> current_user AND NOT pg_has_role(session_user, 'projo_operator', 'MEMBER') THEN
    RAISE EXCEPTION 'only an operator records %', NEW.action USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION "projo_refuse_operator_act"() FROM PUBLIC;

-- The server itself writes entries of the system too, such as workspace.purged: those stay allowed.
CREATE TRIGGER "operator_acts" BEFORE INSERT ON "audit_logs" FOR EACH ROW
  WHEN (NEW."action" = 'person.erased' OR (NEW."action" = 'member.removed' AND NEW."actor_kind" = 'system'))
  EXECUTE FUNCTION "projo_refuse_operator_act"();
