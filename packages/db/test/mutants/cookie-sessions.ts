// The mutants of the lookups of cookie sessions, and of the rights to the state of a session.
import type { Workspaces } from "./from-catalogue.ts";
import { lessOf, outside, type SchemaAttack, type SchemaMutant } from "./schema-mutant.ts";

export function cookieSessionMutants({ home, foreign }: Workspaces): SchemaMutant[] {
  const session = (mode: string) =>
    `INSERT INTO sessions (id, user_id, mode, salt, expires_at, absolute_expires_at) VALUES
       ('${home.id}', '${home.userId}', '${mode}', sha256('salt'), now() + interval '1 day', now() + interval '1 day')`;
  const find = (says: string, functionName: string, mode: string): SchemaAttack => ({
    says,
    arrange: session(mode),
    enter: outside,
    sql: `SELECT FROM ${functionName}('${home.id}', NULL)`,
  });
  const membership = (says: string, workspaceId: string, arrange = ""): SchemaAttack => ({
    says,
    arrange: `${session("cookie")}; ${arrange}`,
    enter: outside,
    sql: `SELECT FROM projo_cookie_session('${home.id}', '${workspaceId}') WHERE workspace_id IS NOT NULL`,
  });
  const lock = "UPDATE workspace_members SET locked_at = now()";
  const lockedMembership = membership(
    "a cookie session has a membership in a deleted workspace",
    home.id,
    lock,
  );
  const foreignMembership = membership("a cookie session has a membership of another user", foreign.id);
  const reading = "SELECT FROM tasks";
  // The login of the server can become either role.
  const prefetch = (
    says: string,
    [workspaceId, roles]: readonly [string, string],
    { sql = reading, arrange = "", mode = "cookie" } = {},
  ): SchemaAttack => ({
    says,
    arrange: `${session(mode)}; ${arrange}`,
    enter: "",
    sql: `SELECT FROM projo_cookie_session_prefetching('${home.id}', '${workspaceId}', '${roles}'); ${sql}`,
  });
  const asAdmin = [home.id, "admin"] as const;
  const bearerPrefetches = prefetch("a bearer session prefetches by a cookie", asAdmin, { mode: "bearer" });
  const lowRolePrefetches = prefetch("an admin's cookie session prefetches a query for viewers only", [
    home.id,
    "viewer",
  ]);
  const foreignPrefetches = prefetch(
    "a cookie session prefetches in a workspace of which its user is not a member",
    [foreign.id, "viewer,member,admin"],
  );
  const lockedPrefetches = prefetch("a cookie session prefetches in a deleted workspace", asAdmin, {
    arrange: lock,
  });
  const endedPrefetches = prefetch("an expired cookie session prefetches in its workspace", asAdmin, {
    arrange: "UPDATE sessions SET expires_at = now() - interval '1 second'",
  });
  const prefetchWrites = prefetch("a query prefetched by a cookie changes a task", asAdmin, {
    sql: "UPDATE tasks SET title = 'Mine'",
  });
  const prefetchReadsSessions = prefetch("a query prefetched by a cookie reads users' sessions", asAdmin, {
    sql: "SELECT salt FROM sessions",
  });
  const ownMembership = lessOf("projo_cookie_session", "m.user_id = projo_cookie_session.user_id\n     AND ");
  const ownPrefetched = prefetching("m.user_id = projo_cookie_session_prefetching.user_id\n       AND ");
  const personPolicy = "ALTER POLICY person ON workspace_members USING (true)";
  return [
    ...(["projo_session", "projo_cookie_session"] as const).map((name): SchemaMutant => {
      const [own, other] = name === "projo_session" ? ["bearer", "cookie"] : ["cookie", "bearer"];
      return {
        says: `${name}: the session is a ${own} session`,
        sql: lessOf(name, mode(own)),
        works: [find(`${name} finds a ${other} session`, name, other)],
      };
    }),
    {
      says: "projo_cookie_session: the membership is not locked",
      sql: lessOf("projo_cookie_session", "AND m.locked_at IS NULL"),
      works: [lockedMembership],
      refused: [foreignMembership],
    },
    {
      says: "projo_cookie_session: the membership is the caller's",
      sql: ownMembership,
      works: [],
      refused: [foreignMembership],
    },
    {
      says: "projo_cookie_session: the membership is the caller's AND the policy person",
      sql: `${ownMembership}; ${personPolicy}`,
      works: [foreignMembership],
      refused: [lockedMembership],
    },
    {
      says: "projo_cookie_session_prefetching: the session is a cookie session",
      sql: prefetching(mode("cookie")),
      works: [bearerPrefetches],
      refused: [endedPrefetches],
    },
    {
      says: "projo_cookie_session_prefetching: the role is sufficient",
      sql: prefetching("role = ANY (string_to_array(the_roles, ','))", "workspace_id IS NOT NULL"),
      works: [lowRolePrefetches],
      refused: [foreignPrefetches, lockedPrefetches, endedPrefetches],
    },
    {
      says: "projo_cookie_session_prefetching: the session has not expired",
      sql: prefetching("AND expires_at > database_now"),
      works: [endedPrefetches],
      refused: [lowRolePrefetches, lockedPrefetches],
    },
    {
      says: "projo_cookie_session_prefetching: the membership is not locked",
      sql: prefetching("AND m.locked_at IS NULL"),
      works: [lockedPrefetches],
      refused: [foreignPrefetches, endedPrefetches],
    },
    {
      says: "projo_cookie_session_prefetching: the membership is the caller's",
      sql: ownPrefetched,
      works: [],
      refused: [foreignPrefetches],
    },
    {
      says: "projo_cookie_session_prefetching: the membership is the caller's AND the policy person",
      sql: `${ownPrefetched}; ${personPolicy}`,
      works: [foreignPrefetches],
      refused: [lockedPrefetches],
    },
    {
      says: "projo_cookie_session_prefetching: the transaction is read-only",
      sql: prefetching("ignored := set_config('transaction_read_only', 'on', true);"),
      works: [prefetchWrites],
      refused: [prefetchReadsSessions],
    },
    {
      says: "projo_cookie_session_prefetching: the query runs as projo_tenant",
      sql: prefetching("ignored := set_config('role', 'projo_tenant', true);"),
      works: [prefetchReadsSessions],
      refused: [prefetchWrites],
    },
    ...["id", "user_id", "mode", "salt", "created_at", "absolute_expires_at"].map((column) =>
      immutable(column, session("cookie")),
    ),
    {
      says: "sessions: a session has one of two modes",
      sql: "ALTER TABLE sessions DROP CONSTRAINT sessions_mode",
      works: [
        {
          says: "a session has a third mode",
          enter: outside,
          sql: session("both"),
        },
      ],
    },
  ];
}

const prefetching = (guard: string, without?: string): string =>
  lessOf("projo_cookie_session_prefetching", guard, without);

const mode = (name: string): string => ` AND s.mode = '${name}'`;

/** A right to this column that the server does not have. Only the session that the request names may be changed. */
const immutable = (column: string, arrange: string): SchemaMutant => ({
  says: `sessions: projo_system may not update ${column}`,
  sql: `GRANT UPDATE (${column}) ON sessions TO projo_system`,
  works: [
    {
      says: `projo_system changes ${column} of a session`,
      arrange,
      enter: outside,
      sql: `UPDATE sessions SET ${column} = ${column}`,
    },
  ],
});
