-- Operators list and find the workspaces of a deployment: their names and times, which the role of the server's login reads of a
-- user's own workspaces only. No row of another table is visible without entering a workspace.
-- docs/decisions/operator-workspaces.md says why.
GRANT SELECT ("id", "name", "created_at", "deleted_at") ON "workspaces" TO projo_operator;
CREATE POLICY "operator" ON "workspaces" FOR SELECT TO projo_operator USING (true);

-- The system's entries about the deletion and the restoration of a workspace are an operator's too.
CREATE OR REPLACE TRIGGER "operator_acts" BEFORE INSERT ON "audit_logs" FOR EACH ROW
  WHEN (NEW."action" = 'person.erased'
        OR (NEW."actor_kind" = 'system'
            AND NEW."action" IN ('member.removed', 'workspace.deleted', 'workspace.restored')))
  EXECUTE FUNCTION "projo_refuse_operator_act"();
