/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// The invariants that PostgreSQL's catalogue can prove.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { RESTORABLE_DAYS } from "../../src/tenant/workspaces.ts";
import { createTestDatabase, modelTables, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { catalogueProblems } from "./catalogue-problems.ts";
import { tenantTables, type TenantTable } from "../kit/tenant-tables.ts";

let database: TestDatabase;
let ours: PlantedWorkspace;
let theirs: PlantedWorkspace;
let tables: TenantTable[];
beforeAll(async () => {
  database = await createTestDatabase();
  ours = await plantWorkspace(database);
  theirs = await plantWorkspace(database);
  tables = await tenantTables(database);
});
afterAll(() => database.drop());

describe("the catalogue", () => {
  const POLICIES = `
    SELECT c.relname::text AS "table", c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
           (SELECT array_agg(concat_ws(' | ', p.polname, p.polpermissive, p.polcmd, p.polroles::regrole[],
                   pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.polname)
              FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1) ORDER BY 1`;
  async function policiesOn(names: readonly string[]) {
    const found = await database.owner<{
      table: string;
      enabled: boolean;
      forced: boolean;
      policies: string[];
    }>(POLICIES, [names]);
    const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");
    return found.map((one) => ({ ...one, policies: one.policies?.map(oneLine) }));
  }
  const inWorkspace = (key: string) =>
    `(${key} = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)`;
  const tenant = (key: string) =>
    `tenant | t | * | {projo_tenant} | ${inWorkspace(key)} | ${inWorkspace(key)}`;

  it("I5 shows row-level security on every tenant table, for reads and writes and also for the owner", async () => {
    const person = `( SELECT (NULLIF(current_setting('app.user_id'::text, true), ''::text))::uuid AS "nullif")`;
    const hash = `( SELECT decode(NULLIF(current_setting('app.invite_token_hash'::text, true), ''::text), 'hex'::text) AS decode)`;
    const named = `(id = ANY ((( SELECT string_to_array(current_setting('app.service_key_ids'::text, true), ','::text) AS string_to_array))::uuid[]))`;
    // The owner's functions write the log: in one workspace, or for the erasure of one user.
    const owner = inject("cluster").owner.user;
    const erased = `(NULLIF(current_setting('app.erasing'::text, true), ''::text))::uuid`;
    const erasing = `erasure | t | * | {${owner}} | (NULLIF(current_setting('app.erasing'::text, true), ''::text) IS NOT NULL)`;
    const outside: Record<string, readonly string[]> = {
      audit_logs: [
        `erasure | t | r | {${owner}} | ((actor_user_id = ${erased}) OR (((personal_json -> 'email'::text) ->> 'value'::text) = NULLIF(current_setting('app.erasing_email'::text, true), ''::text)))`,
        `owner | t | * | {${owner}} | ${inWorkspace("workspace_id")} | ${inWorkspace("workspace_id")}`,
      ],
      // The owner's function deletes the expired keys of all workspaces.
      idempotency_keys: [
        `expired | t | d | {${owner}} | (created_at < (now() - '24:00:00'::interval))`,
        `expired_read | t | r | {${owner}} | (created_at < (now() - '24:00:00'::interval))`,
      ],
      imported_authors: [erasing],
      imported_records: [erasing],
      invites: [
        `erasure | t | * | {${owner}} | ((email = ( SELECT u.email FROM users u WHERE (u.id = ${erased}))) OR (email = ( SELECT (('erased-'::text || NULLIF(current_setting('app.erasing'::text, true), ''::text)) || '@erased.invalid'::text))))`,
        `addressee | t | r | {projo_system} | (email = ( SELECT u.email FROM users u WHERE ((u.id = ${person}) AND (u.email_verified_at IS NOT NULL))))`,
        `holder | t | r | {projo_system} | ((token_hash = ${hash}) OR (mailed_token_hash = ${hash}))`,
      ],
      service_keys: [`named | t | r | {projo_system} | ${named}`, `used | t | w | {projo_system} | ${named}`],
      workspace_members: [`person | t | r | {projo_system} | (user_id = ${person})`],
      workspaces: [
        "operator | t | r | {projo_operator} | true",
        "invited | t | r | {projo_system} | (EXISTS ( SELECT FROM invites i WHERE (i.workspace_id = workspaces.id)))",
        `person | t | r | {projo_system} | (EXISTS ( SELECT FROM workspace_members m WHERE ((m.workspace_id = workspaces.id) AND (m.user_id = ${person}))))`,
        `purged | t | r | {projo_system} | (deleted_at < (now() - '${RESTORABLE_DAYS} days'::interval))`,
      ],
    };
    expect(await policiesOn(tables.map(({ table }) => table))).toEqual(
      tables.map(({ table, key }) => ({
        table,
        enabled: true,
        forced: true,
        policies: [...(outside[table] ?? []), tenant(key)].toSorted(),
      })),
    );
  });

  it("I5 shows row-level security on users and mail, of which a workspace can read a part", async () => {
    expect(await policiesOn(["mail_outbox", "users"])).toEqual([
      {
        table: "mail_outbox",
        enabled: true,
        forced: true,
        policies: [
          // The mail of any user may contain the address of the erased user.
          `erasure | t | * | {${inject("cluster").owner.user}} | (( SELECT NULLIF(current_setting('app.erasing'::text, true), ''::text) AS "nullif") IS NOT NULL)`,
          "post | t | * | {projo_system} | true | true",
          tenant("about_workspace_id"),
        ],
      },
      {
        table: "users",
        enabled: true,
        forced: false,
        policies: [
          "accounts | t | * | {projo_system} | true | true",
          "members | t | r | {projo_tenant} | (id IN ( SELECT m.user_id FROM workspace_members m))",
        ],
      },
    ]);
  });

  it("I5 shows no other table with a foreign key to a workspace than those tested here", async () => {
    const found = await database.owner(
      `SELECT DISTINCT c.conrelid::regclass::text AS "table" FROM pg_constraint c
        WHERE c.contype = 'f' AND c.confrelid = 'workspaces'::regclass AND NOT c.conrelid::regclass::text = ANY ($1)
        ORDER BY 1`,
      [tables.map(({ table }) => table)],
    );
    // projo_tenant has no right to sessions. Its rights to the mail are tested above.
    expect(found).toEqual([{ table: "mail_outbox" }, { table: "sessions" }]);
  });

  it("I5 shows that the three roles own nothing, bypass nothing and cannot log in", async () => {
    const found = await database.owner(
      `SELECT rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin, rolinherit,
              EXISTS (SELECT FROM pg_shdepend WHERE refobjid = r.oid AND deptype = 'o') AS owns,
              EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS member,
              has_schema_privilege(r.oid, 'public', 'CREATE') AS makes_tables
         FROM pg_roles r WHERE rolname IN ('projo_operator', 'projo_system', 'projo_tenant') ORDER BY 1`,
    );
    const none = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcanlogin: false,
      rolinherit: false,
      owns: false,
      member: false,
      makes_tables: false,
    };
    expect(found).toEqual([
      { rolname: "projo_operator", ...none },
      { rolname: "projo_system", ...none },
      { rolname: "projo_tenant", ...none },
    ]);
  });

  it("I5 shows a fixed search path and one role for each function, and the owner's rights for few", async () => {
    const found = await database.owner<{ function: string }>(
      `SELECT p.proname::text AS "function", p.prosecdef AS definer, p.proconfig AS config, p.prosqlbody IS NOT NULL AS bound,
              (SELECT array_agg(coalesce(g.rolname::text, 'PUBLIC') ORDER BY 1)
                 FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a LEFT JOIN pg_roles g ON g.oid = a.grantee
                WHERE a.grantee <> p.proowner) AS callers
         FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const config = ["search_path=pg_catalog, pg_temp"];
    const invoker = { definer: false, config, bound: false };
    const definer = { definer: true, config, bound: false };
    // Its names were resolved when it was created, so the search path has no effect.
    const bound = { definer: false, config: null, bound: true };
    expect(found).toEqual([
      { function: "projo_add_imported_users", ...definer, callers: ["projo_tenant"] },
      { function: "projo_addressed_invite", ...invoker, callers: ["projo_system"] },
      { function: "projo_audit_append", ...definer, callers: ["projo_tenant"] },
      { function: "projo_audit_deny", ...definer, callers: ["projo_tenant"] },
      { function: "projo_audit_hash", ...bound, callers: null },
      { function: "projo_audit_settle", ...definer, callers: null },
      { function: "projo_audit_settle_all", ...definer, callers: ["projo_system"] },
      { function: "projo_audit_text", ...bound, callers: ["projo_tenant"] },
      { function: "projo_cookie_session", ...invoker, callers: ["projo_system"] },
      { function: "projo_cookie_session_prefetching", ...invoker, callers: ["PUBLIC"] },
      { function: "projo_delete_expired_keys", ...definer, callers: ["projo_system"] },
      { function: "projo_enter", ...invoker, callers: ["projo_tenant"] },
      { function: "projo_enter_by_key", ...invoker, callers: ["projo_tenant"] },
      { function: "projo_erase_person", ...definer, callers: ["projo_operator"] },
      { function: "projo_fold", ...invoker, callers: ["PUBLIC"] },
      { function: "projo_invite", ...invoker, callers: ["projo_system"] },
      { function: "projo_keep_earlier_secrets", ...invoker, callers: null },
      { function: "projo_keys_used", ...invoker, callers: ["projo_system"] },
      { function: "projo_mail_status_changed", ...invoker, callers: null },
      { function: "projo_migrations", ...definer, callers: ["projo_system"] },
      { function: "projo_person_invites", ...invoker, callers: ["projo_system"] },
      { function: "projo_queue_notice", ...invoker, callers: ["projo_system", "projo_tenant"] },
      { function: "projo_reads_titles", ...invoker, callers: ["PUBLIC"] },
      { function: "projo_refuse_change", ...invoker, callers: null },
      { function: "projo_refuse_operator_act", ...invoker, callers: null },
      { function: "projo_row_changed", ...invoker, callers: null },
      { function: "projo_service_key", ...invoker, callers: ["projo_system"] },
      { function: "projo_session", ...invoker, callers: ["projo_system"] },
      // These and projo_cookie_session_prefetching set the role themselves, for which their caller must be a member of it.
      { function: "projo_session_entering", ...invoker, callers: ["PUBLIC"] },
      { function: "projo_session_prefetching", ...invoker, callers: ["PUBLIC"] },
    ]);
  });

  it("I5 I6 shows the protection of every tenant table and of every foreign key between two", async () => {
    expect(await catalogueProblems(database)).toEqual([]);
  });

  it("I6 shows the workspace on both sides of every foreign key between tenant tables", async () => {
    const keys = await database.owner<{ name: string; pairs: string[]; target: string }>(
      `SELECT c.conname::text AS name, c.confrelid::regclass::text AS target, array(
                SELECT a.attname || ' -> ' || b.attname FROM unnest(c.conkey, c.confkey) AS k(mine, theirs)
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.mine
                  JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.theirs) AS pairs
         FROM pg_constraint c
        WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY ($1) AND c.confrelid::regclass::text = ANY ($1)`,
      [tables.map(({ table }) => table)],
    );
    expect(keys.length).toBeGreaterThanOrEqual(4);
    for (const { name, pairs, target } of keys) {
      expect(pairs, name).toContain(`workspace_id -> ${target === "workspaces" ? "id" : "workspace_id"}`);
    }
  });

  it("I6 enforces that a task's project is in the same workspace", async () => {
    const task = (projectId: string) =>
      database.db.write(ours.grant("task:write"), (all) =>
        all.task.create({
          data: {
            id: randomUUID(),
            workspaceId: ours.id,
            projectId,
            title: "Hung",
            status: "todo",
            createdBy: ours.userId,
          },
        }),
      );
    await expect(task(theirs.projectId)).rejects.toThrow("tasks_workspace_id_project_id_fkey");
    const { id } = await task(ours.projectId);
    await database.owner("DELETE FROM tasks WHERE id = $1", [id]);
    // The foreign key also applies to the owner, who bypasses the policies here.
    await expect(
      database.owner("UPDATE tasks SET project_id = $1 WHERE workspace_id = $2", [theirs.projectId, ours.id]),
    ).rejects.toThrow("tasks_workspace_id_project_id_fkey");
  });

  const VIEWS = `SELECT relname::text AS view FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm'
      OR (relkind = 'v' AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)))`;
  it("I8 shows no view with its owner's rights and no materialized view", async () => {
    expect(await database.owner(VIEWS)).toEqual([]);
    const own = await createTestDatabase();
    await own.owner("CREATE VIEW loose AS SELECT 1 AS one");
    await own.owner("CREATE VIEW bound WITH (security_invoker=true) AS SELECT 1 AS one");
    expect(await own.owner(VIEWS)).toEqual([{ view: "loose" }]);
    await own.drop();
  });

  it("I5 lists the same tenant tables as the generated models", () => {
    expect(modelTables).toEqual(tables);
  });
});
