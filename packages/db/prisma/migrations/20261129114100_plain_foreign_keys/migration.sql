-- The foreign keys that contain workspace_id lose ON UPDATE CASCADE, which Citus refuses and which no statement needs: the id of a
-- workspace or a project never changes. NOT VALID skips the check of the existing rows, which the previous keys have checked. The
-- next migration validates the keys, because it needs weaker locks.

SET LOCAL lock_timeout = '100ms';

ALTER TABLE "invites"
  DROP CONSTRAINT "invites_workspace_id_fkey",
  ADD CONSTRAINT "invites_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE NOT VALID;
ALTER TABLE "projects"
  DROP CONSTRAINT "projects_workspace_id_fkey",
  ADD CONSTRAINT "projects_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE NOT VALID;
ALTER TABLE "service_keys"
  DROP CONSTRAINT "service_keys_workspace_id_fkey",
  ADD CONSTRAINT "service_keys_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE NOT VALID;
ALTER TABLE "tasks"
  DROP CONSTRAINT "tasks_workspace_id_project_id_fkey",
  ADD CONSTRAINT "tasks_workspace_id_project_id_fkey" FOREIGN KEY ("workspace_id", "project_id") REFERENCES "projects" ("workspace_id", "id")
    ON DELETE CASCADE NOT VALID;
ALTER TABLE "workspace_members"
  DROP CONSTRAINT "workspace_members_workspace_id_fkey",
  ADD CONSTRAINT "workspace_members_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE NOT VALID;
