-- Reads and writes continue while PostgreSQL checks the existing rows.

ALTER TABLE "invites" VALIDATE CONSTRAINT "invites_workspace_id_fkey";
ALTER TABLE "projects" VALIDATE CONSTRAINT "projects_workspace_id_fkey";
ALTER TABLE "service_keys" VALIDATE CONSTRAINT "service_keys_workspace_id_fkey";
ALTER TABLE "tasks" VALIDATE CONSTRAINT "tasks_workspace_id_project_id_fkey";
ALTER TABLE "workspace_members" VALIDATE CONSTRAINT "workspace_members_workspace_id_fkey";
