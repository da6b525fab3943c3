import type pg from "pg";

/** The page's name for the owner of the tables, whose actual name differs between servers. */
const OWNER = "the owner";

export interface Logins {
  readonly server: string;
  readonly operator: string;
  /** The login for backups. */
  readonly backup: string;
}

/** Prints a page with the rights of every role in a migrated database, read from PostgreSQL's catalogue. */
export async function printRights(client: pg.ClientBase, logins: Logins): Promise<string> {
  const ask = async (text: string): Promise<string[][]> =>
    (await client.query<string[]>({ text, rowMode: "array" })).rows.map((row) => row.map(shown(logins)));
  const policies = await ask(POLICIES);
  return [
    "<!-- Printed by packages/db/test/catalogue/rights.test.ts. Do not edit. -->",
    "# Rights of the database roles",
    `This page lists the rights of every role in a migrated database. A role that is not listed has no rights. ${capital(OWNER)} has every right to the objects that it owns. It runs migrations and serves no requests.`,
    "## Roles",
    table(["role", "attributes", "member of"], await ask(ROLES)),
    "## The database and its schema",
    table(["object", "role", "rights"], await ask(PLACES)),
    "## Tables",
    table(["table", "role", "rights"], await ask(TABLES)),
    "## Row-level security",
    "A table that is not listed here has no row-level security: a right to the table applies to every row.",
    ...policies.map(policy),
    "## Functions",
    table(["function", "runs with the rights of", "search path", "can be executed by"], await ask(FUNCTIONS)),
    "## Owners",
    table(["object", "owner"], await ask(OWNERS)),
    "## Views, sequences and default privileges",
    listOr("There are none.", await ask(OTHERS)),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

/** Replaces the names of the logins, which differ between servers, by the page's names for them. */
const shown =
  ({ server, operator, backup }: Logins) =>
  (cell: string): string =>
    cell
      .replaceAll(/\s+/g, " ")
      .replaceAll(server, "the server's login")
      .replaceAll(operator, "the operator's login")
      .replaceAll(backup, "the login for backups");

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [header, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n");
}

function policy([name = "", state = "", lines = ""]: readonly string[]): string {
  return [`### ${name}`, state, lines.replaceAll(" @@ ", "\n")].join("\n\n");
}

const listOr = (none: string, rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? none : rows.map(([what]) => `- ${what}`).join("\n");

const MINE = "(SELECT relowner FROM pg_class WHERE oid = 'public.workspaces'::regclass)";
const named = (oid: string) =>
  `CASE ${oid} WHEN 0 THEN 'all roles (PUBLIC)' WHEN ${MINE} THEN '${OWNER}' ELSE pg_get_userbyid(${oid})::text END`;

const ROLES = `
  SELECT r.rolname::text, coalesce(nullif(concat_ws(', ', CASE WHEN rolcanlogin THEN 'log in' END,
           CASE WHEN rolsuper THEN 'superuser' END, CASE WHEN rolbypassrls THEN 'bypass row-level security' END,
           CASE WHEN rolcreaterole THEN 'create roles' END, CASE WHEN rolcreatedb THEN 'create databases' END,
           CASE WHEN rolreplication THEN 'replicate' END,
           CASE WHEN rolinherit THEN 'inherit the rights of its roles' END), ''), 'none'),
         coalesce((SELECT string_agg(g.rolname::text, ', ' ORDER BY g.rolname) FROM pg_auth_members m
                     JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid), 'none')
    FROM pg_roles r
   WHERE rolname IN ('projo_tenant', 'projo_system', 'projo_operator', 'projo_backup', 'projo_server', 'projo_operations',
                   'projo_dump')
   ORDER BY rolcanlogin, 1`;

const PLACES = `
  SELECT p.what, ${named("a.grantee")}, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
    FROM (SELECT 'database' AS what, datdba AS owner, coalesce(datacl, acldefault('d', datdba)) AS acl
            FROM pg_database WHERE datname = current_database()
          UNION ALL
          SELECT 'schema ' || nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner))
            FROM pg_namespace WHERE nspname = 'public') p, aclexplode(p.acl) a
   WHERE a.grantee <> p.owner GROUP BY 1, a.grantee, 2 ORDER BY 1, 2`;

const TABLES = `
  SELECT t.name, ${named("t.grantee")}, string_agg(t.rights, '; ' ORDER BY t.rights)
    FROM (SELECT c.relname::text AS name, a.grantee, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) AS rights
            FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
           GROUP BY 1, 2
          UNION ALL
          SELECT c.relname::text, a.grantee,
                 a.privilege_type || ' (' || string_agg(t.attname::text, ', ' ORDER BY t.attname::text) || ')'
            FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
           WHERE c.relnamespace = 'public'::regnamespace GROUP BY 1, 2, a.privilege_type) t
   GROUP BY 1, t.grantee, 2 ORDER BY 1, 2`;

const CODE = "chr(96)";
const POLICIES = `
  SELECT c.relname::text,
         CASE WHEN NOT c.relrowsecurity THEN 'Disabled.' WHEN c.relforcerowsecurity THEN 'Enabled, and forced for the owner.'
              ELSE 'Enabled, but not for the owner.' END,
         coalesce(string_agg(concat(
           '- ', ${CODE}, p.polname, ${CODE}, ', ', CASE WHEN p.polpermissive THEN '' ELSE 'restrictive, ' END, 'for ',
           (SELECT string_agg(${named("role")}, ', ' ORDER BY role::regrole::text) FROM unnest(p.polroles) AS role), ', ',
           CASE p.polcmd WHEN '*' THEN 'all commands' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
                         WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END,
           ': ', ${CODE}, coalesce(pg_get_expr(p.polqual, c.oid), 'no condition'), ${CODE},
           CASE WHEN pg_get_expr(p.polwithcheck, c.oid) IS NULL THEN ''
                WHEN pg_get_expr(p.polwithcheck, c.oid) = pg_get_expr(p.polqual, c.oid) THEN '; the same condition for new rows'
                ELSE '; for new rows ' || ${CODE} || pg_get_expr(p.polwithcheck, c.oid) || ${CODE} END
         ), ' @@ ' ORDER BY p.polname::text), 'No policy: nobody can read a row.')
    FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
     AND (c.relrowsecurity OR c.relforcerowsecurity OR p.oid IS NOT NULL)
   GROUP BY c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity ORDER BY c.relname::text`;

const FUNCTIONS = `
  SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
         CASE WHEN p.prosecdef THEN ${named("p.proowner")} ELSE 'its caller' END,
         CASE WHEN p.prosqlbody IS NOT NULL THEN 'resolved when created'
              ELSE coalesce((SELECT replace(s, 'search_path=', '') FROM unnest(p.proconfig) AS s WHERE s LIKE 'search_path=%'),
                            'the caller''s search path') END,
         coalesce((SELECT string_agg(${named("a.grantee")}, ', ' ORDER BY a.grantee::regrole::text)
                     FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee <> p.proowner),
                  'only functions and triggers of the owner')
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY p.proname::text, 1`;

const OWNERS = `
  SELECT what, owner FROM (
    SELECT 'the database' AS what, ${named("datdba")} AS owner, 0 AS place FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'the schema public', ${named("nspowner")}, 1 FROM pg_namespace WHERE nspname = 'public'
    UNION ALL SELECT 'tables: ' || string_agg(relname::text, ', ' ORDER BY relname::text), ${named("relowner")}, 2
                FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') GROUP BY relowner
    UNION ALL SELECT 'functions: all ' || count(*), ${named("proowner")}, 3
                FROM pg_proc WHERE pronamespace = 'public'::regnamespace GROUP BY proowner) AS owned
   ORDER BY place, owner`;

const OTHERS = `
  SELECT CASE relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'materialized view ' END || relname ||
         coalesce(' ' || array_to_string(reloptions, ', '), '') || coalesce(': ' || relacl::text, '') AS what
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('S', 'v', 'm')
  UNION ALL SELECT 'default privileges for ' || ${named("defaclrole")} || ': ' || defaclacl::text FROM pg_default_acl
  ORDER BY 1`;
