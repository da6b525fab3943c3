// The tables of the other contenders, each in a separate schema beside the product's tables, and their logins.
import type { Owner } from "../database/bench-database.ts";

export async function seedContenders(owner: Owner): Promise<void> {
  for (const statement of [USUAL, ROW_LEVEL, BETTER_AUTH, PRACTICAL_LIMIT]) await owner.query(statement);
  await owner.query("VACUUM ANALYZE");
}

export const logins = {
  /** Bypasses row-level security: F, the usual stack, better-auth. */
  unbound: "bench_unbound",
  /** Subject to policies in the form of Prisma's example. */
  rowLevel: "bench_row_level",
  /** Subject to the product's policies. */
  limit: "bench_limit",
} as const;

const TABLES = "public.users, public.workspaces, public.workspace_members, public.projects, public.tasks";

// Sessions are identified by the SHA-256 of their token. Every user has one, so that the table has a realistic size.
const USUAL = `
  CREATE ROLE ${logins.unbound} LOGIN BYPASSRLS;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ${TABLES} TO ${logins.unbound};
  CREATE SCHEMA usual;
  CREATE TABLE usual.sessions (
    id UUID PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    user_id UUID NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    expires_at TIMESTAMPTZ(3) NOT NULL
  );
  CREATE INDEX ON usual.sessions (user_id);
  INSERT INTO usual.sessions
  SELECT gen_random_uuid(), encode(sha256(encode(sha256(convert_to('usual ' || id, 'UTF8')), 'hex')::bytea), 'hex'), id,
         now() + interval '30 days'
    FROM public.users;
  GRANT USAGE ON SCHEMA usual TO ${logins.unbound};
  GRANT SELECT, INSERT, UPDATE, DELETE ON usual.sessions TO ${logins.unbound}`;

// As in Prisma's example of row-level security: the policy compares the row with a setting of the transaction. Sessions and
// memberships, which are read before the tenant is known, are not restricted.
const ROW_LEVEL = `
  CREATE ROLE ${logins.rowLevel} LOGIN;
  GRANT USAGE ON SCHEMA usual TO ${logins.rowLevel};
  GRANT SELECT, INSERT, UPDATE, DELETE ON usual.sessions, ${TABLES} TO ${logins.rowLevel};
  CREATE POLICY row_level ON public.workspace_members TO ${logins.rowLevel} USING (true);
  CREATE POLICY row_level ON public.projects TO ${logins.rowLevel}
    USING (workspace_id = current_setting('app.current_workspace_id', true)::uuid);
  CREATE POLICY row_level ON public.tasks TO ${logins.rowLevel}
    USING (workspace_id = current_setting('app.current_workspace_id', true)::uuid)`;

// The tables and indexes that better-auth's generator writes for PostgreSQL.
const BETTER_AUTH = `
  CREATE SCHEMA better_auth;
  CREATE TABLE better_auth."user" (
    "id" TEXT PRIMARY KEY, "name" TEXT NOT NULL, "email" TEXT NOT NULL UNIQUE, "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT, "createdAt" TIMESTAMP(3) NOT NULL DEFAULT now(), "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT now()
  );
  CREATE TABLE better_auth."session" (
    "id" TEXT PRIMARY KEY, "expiresAt" TIMESTAMP(3) NOT NULL, "token" TEXT NOT NULL UNIQUE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT now(), "updatedAt" TIMESTAMP(3) NOT NULL, "ipAddress" TEXT, "userAgent" TEXT,
    "userId" TEXT NOT NULL REFERENCES better_auth."user" ON DELETE CASCADE, "activeOrganizationId" TEXT
  );
  CREATE INDEX ON better_auth."session" ("userId");
  CREATE TABLE better_auth."account" (
    "id" TEXT PRIMARY KEY, "accountId" TEXT NOT NULL, "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL REFERENCES better_auth."user" ON DELETE CASCADE, "accessToken" TEXT, "refreshToken" TEXT,
    "idToken" TEXT, "accessTokenExpiresAt" TIMESTAMP(3), "refreshTokenExpiresAt" TIMESTAMP(3), "scope" TEXT,
    "password" TEXT, "createdAt" TIMESTAMP(3) NOT NULL DEFAULT now(), "updatedAt" TIMESTAMP(3) NOT NULL
  );
  CREATE INDEX ON better_auth."account" ("userId");
  CREATE TABLE better_auth."verification" (
    "id" TEXT PRIMARY KEY, "identifier" TEXT NOT NULL, "value" TEXT NOT NULL, "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT now(), "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT now()
  );
  CREATE INDEX ON better_auth."verification" ("identifier");
  CREATE TABLE better_auth."organization" (
    "id" TEXT PRIMARY KEY, "name" TEXT NOT NULL, "slug" TEXT NOT NULL UNIQUE, "logo" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL, "metadata" TEXT
  );
  CREATE TABLE better_auth."member" (
    "id" TEXT PRIMARY KEY, "organizationId" TEXT NOT NULL REFERENCES better_auth."organization" ON DELETE CASCADE,
    "userId" TEXT NOT NULL REFERENCES better_auth."user" ON DELETE CASCADE, "role" TEXT NOT NULL DEFAULT 'member',
    "createdAt" TIMESTAMP(3) NOT NULL
  );
  CREATE INDEX ON better_auth."member" ("organizationId");
  CREATE INDEX ON better_auth."member" ("userId");
  CREATE TABLE better_auth."invitation" (
    "id" TEXT PRIMARY KEY, "organizationId" TEXT NOT NULL REFERENCES better_auth."organization" ON DELETE CASCADE,
    "email" TEXT NOT NULL, "role" TEXT, "status" TEXT NOT NULL DEFAULT 'pending', "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT now(),
    "inviterId" TEXT NOT NULL REFERENCES better_auth."user" ON DELETE CASCADE
  );
  CREATE INDEX ON better_auth."invitation" ("organizationId");
  CREATE INDEX ON better_auth."invitation" ("email");
  INSERT INTO better_auth."user" ("id", "name", "email", "emailVerified", "createdAt")
  SELECT id, split_part(email, '@', 1), email, true, created_at FROM public.users;
  INSERT INTO better_auth."session" ("id", "expiresAt", "token", "updatedAt", "userId")
  SELECT replace(gen_random_uuid()::text, '-', ''), now() + interval '7 days',
         left(encode(sha256(convert_to('better-auth ' || id, 'UTF8')), 'hex'), 32), now(), id FROM public.users;
  INSERT INTO better_auth."organization" ("id", "name", "slug", "createdAt")
  SELECT id, name, id, created_at FROM public.workspaces;
  INSERT INTO better_auth."member" SELECT id, workspace_id, user_id, role, created_at FROM public.workspace_members;
  GRANT USAGE ON SCHEMA better_auth TO ${logins.unbound};
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA better_auth TO ${logins.unbound}`;

// The function of the practical limit checks the session, the membership and the role, and enters the workspace. If it fails, the
// remaining statements of the same message do not run. The caller must still compare the token's code.
const PRACTICAL_LIMIT = `
  CREATE ROLE ${logins.limit} LOGIN INHERIT;
  GRANT projo_tenant TO ${logins.limit};
  CREATE SCHEMA practical_limit;
  GRANT USAGE ON SCHEMA practical_limit TO ${logins.limit};
  CREATE FUNCTION practical_limit.enter(
    a_session UUID, a_generation INTEGER, a_expires BIGINT, a_workspace UUID, a_roles TEXT[], OUT salt BYTEA, OUT user_id UUID
  ) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    held TEXT;
  BEGIN
    SELECT s.salt, u.id INTO enter.salt, enter.user_id
      FROM public.sessions AS s JOIN public.users AS u ON u.id = s.user_id
     WHERE s.id = a_session AND s.generation >= a_generation AND s.expires_at > clock_timestamp()
       AND to_timestamp(a_expires) > clock_timestamp();
    IF NOT FOUND THEN
      RAISE EXCEPTION 'no such session' USING ERRCODE = '28000';
    END IF;
    SELECT m.role INTO held
      FROM public.workspace_members AS m WHERE m.workspace_id = a_workspace AND m.user_id = enter.user_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'not a member' USING ERRCODE = '02000';
    END IF;
    IF NOT held = ANY (a_roles) THEN
      RAISE EXCEPTION 'the role does not suffice' USING ERRCODE = '42501';
    END IF;
    PERFORM set_config('app.workspace_id', a_workspace::text, true);
  END
  $$;
  REVOKE EXECUTE ON FUNCTION practical_limit.enter FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION practical_limit.enter TO ${logins.limit}`;
