-- The house: people and their sessions, workspaces and what belongs to them, and who may reach which rows.

-- Tables -----------------------------------------------------------------------------------------------------

CREATE TABLE "users" (
  "id" UUID NOT NULL,
  "email" TEXT NOT NULL,
  "password_hash" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "users_email_canonical" CHECK ("email" = lower("email") AND "email" ~ '^[\x21-\x7e]{3,254}$')
);
CREATE UNIQUE INDEX "users_email_key" ON "users" ("email");

CREATE TABLE "workspaces" (
  "id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "created_by" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "workspaces_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "workspaces_name_length" CHECK (char_length("name") BETWEEN 1 AND 200),
  CONSTRAINT "workspaces_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "users" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "workspaces_created_by_idx" ON "workspaces" ("created_by");

CREATE TABLE "sessions" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "secret_hash" BYTEA NOT NULL,
  "current_workspace_id" UUID,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "sessions_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "sessions_secret_hash_length" CHECK (octet_length("secret_hash") = 32),
  CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "sessions_current_workspace_id_fkey" FOREIGN KEY ("current_workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE INDEX "sessions_user_id_idx" ON "sessions" ("user_id");
CREATE INDEX "sessions_expires_at_idx" ON "sessions" ("expires_at");
CREATE INDEX "sessions_current_workspace_id_idx" ON "sessions" ("current_workspace_id");

CREATE TABLE "workspace_members" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "role" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "workspace_members_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "workspace_members_role_known" CHECK ("role" IN ('viewer', 'member', 'admin')),
  CONSTRAINT "workspace_members_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "workspace_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "workspace_members_workspace_id_user_id_key" ON "workspace_members" ("workspace_id", "user_id");
CREATE INDEX "workspace_members_user_id_workspace_id_idx" ON "workspace_members" ("user_id", "workspace_id");

CREATE TABLE "invites" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "email" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "token_hash" BYTEA NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "used_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "invites_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "invites_role_known" CHECK ("role" IN ('viewer', 'member', 'admin')),
  CONSTRAINT "invites_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "invites_token_hash_key" ON "invites" ("token_hash");

CREATE TABLE "projects" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "created_by" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "projects_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "projects_name_length" CHECK (char_length("name") BETWEEN 1 AND 200),
  CONSTRAINT "projects_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "projects_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "users" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "projects_created_by_idx" ON "projects" ("created_by");

CREATE TABLE "tasks" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "project_id" UUID NOT NULL,
  "title" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "external_id" TEXT,
  "created_by" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "tasks_pkey" PRIMARY KEY ("workspace_id", "id"),
  CONSTRAINT "tasks_title_length" CHECK (char_length("title") BETWEEN 1 AND 200),
  CONSTRAINT "tasks_status_known" CHECK ("status" IN ('todo', 'doing', 'done')),
  CONSTRAINT "tasks_external_id_length" CHECK (char_length("external_id") BETWEEN 1 AND 200),
  CONSTRAINT "tasks_workspace_id_project_id_fkey" FOREIGN KEY ("workspace_id", "project_id")
    REFERENCES "projects" ("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "tasks_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "users" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "tasks_workspace_id_project_id_external_id_key"
  ON "tasks" ("workspace_id", "project_id", "external_id");
CREATE INDEX "tasks_workspace_id_project_id_id_idx" ON "tasks" ("workspace_id", "project_id", "id");
CREATE INDEX "tasks_workspace_id_status_id_idx" ON "tasks" ("workspace_id", "status", "id");
CREATE INDEX "tasks_workspace_id_created_by_id_idx" ON "tasks" ("workspace_id", "created_by", "id");
CREATE INDEX "tasks_workspace_id_created_at_idx" ON "tasks" ("workspace_id", "created_at");
CREATE INDEX "tasks_created_by_idx" ON "tasks" ("created_by");

CREATE TABLE "audit_logs" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "actor_user_id" UUID,
  "action" TEXT NOT NULL,
  "target_type" TEXT NOT NULL,
  "target_id" TEXT NOT NULL,
  "meta_json" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "audit_logs_pkey" PRIMARY KEY ("workspace_id", "id")
);

-- Roles ------------------------------------------------------------------------------------------------------
-- Roles belong to the whole server, so another database may have made them, even at this moment.

DO $$
DECLARE
  role_name TEXT;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['projo_tenant', 'projo_system'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END IF;
  END LOOP;
END
$$;

GRANT USAGE ON SCHEMA public TO projo_tenant, projo_system;

-- A workspace's rows, for whoever works inside it.
GRANT SELECT, INSERT, UPDATE, DELETE
  ON "workspaces", "workspace_members", "invites", "projects", "tasks" TO projo_tenant;
-- Entries of the log are written and read; nobody but the owner of the database can change them.
GRANT SELECT, INSERT ON "audit_logs" TO projo_tenant;

-- People, their sessions, and where they belong. Nothing of what a workspace holds.
GRANT SELECT, INSERT, UPDATE, DELETE ON "users", "sessions" TO projo_system;
GRANT SELECT ON "workspaces", "workspace_members" TO projo_system;

-- Row-level security -----------------------------------------------------------------------------------------
-- The setting is read once a statement: in a sub-select it is a constant to the planner, which keeps the index.
-- Outside a transaction that set it, it is NULL or '', and no row matches.

ALTER TABLE "workspaces" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "workspaces" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "workspaces" TO projo_tenant
  USING ("id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));

ALTER TABLE "workspace_members" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "workspace_members" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "workspace_members" TO projo_tenant
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));

ALTER TABLE "invites" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "invites" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "invites" TO projo_tenant
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));

ALTER TABLE "projects" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "projects" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "projects" TO projo_tenant
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));

ALTER TABLE "tasks" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tasks" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "tasks" TO projo_tenant
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));

ALTER TABLE "audit_logs" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "audit_logs" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "audit_logs" TO projo_tenant
  USING ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
  WITH CHECK ("workspace_id" = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));

-- A person sees their own memberships, and through them the workspaces they belong to.
CREATE POLICY "person" ON "workspace_members" FOR SELECT TO projo_system
  USING ("user_id" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY "person" ON "workspaces" FOR SELECT TO projo_system
  USING (EXISTS (
    SELECT FROM "workspace_members" AS m
     WHERE m."workspace_id" = "workspaces"."id"
       AND m."user_id" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid)
  ));

-- Functions --------------------------------------------------------------------------------------------------

-- What every request asks first: the session, its user, and the user's place in a workspace, in one statement.
-- The workspace is the one named, else the session's current one. The caller has yet to compare the secret.
CREATE FUNCTION "projo_session"(a_session UUID, a_workspace UUID)
  RETURNS TABLE (
    session_id UUID, secret_hash BYTEA, session_created_at TIMESTAMPTZ, expires_at TIMESTAMPTZ,
    current_workspace_id UUID, user_id UUID, email TEXT, user_created_at TIMESTAMPTZ,
    workspace_id UUID, role TEXT
  )
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  SELECT s.id, s.secret_hash, s.created_at, s.expires_at, s.current_workspace_id, u.id, u.email, u.created_at
    INTO session_id, secret_hash, session_created_at, expires_at, current_workspace_id, user_id, email,
         user_created_at
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

-- The door of every write: the membership is read again and locked FOR SHARE, so that a removal or a demotion
-- either waits for this write or is seen by it.
CREATE FUNCTION "projo_enter"(a_user UUID, a_roles TEXT[])
  RETURNS VOID
  LANGUAGE plpgsql SECURITY INVOKER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  held TEXT;
BEGIN
  SELECT m.role INTO held
    FROM public.workspace_members AS m
   WHERE m.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
     AND m.user_id = a_user
     FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'not a member of this workspace' USING ERRCODE = 'PJ404';
  END IF;
  IF NOT held = ANY (a_roles) THEN
    RAISE EXCEPTION 'the role % does not suffice', held USING ERRCODE = 'PJ403';
  END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION "projo_session"(UUID, UUID), "projo_enter"(UUID, TEXT[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "projo_session"(UUID, UUID) TO projo_system;
GRANT EXECUTE ON FUNCTION "projo_enter"(UUID, TEXT[]) TO projo_tenant;
