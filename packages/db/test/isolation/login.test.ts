/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// I4: the database logins that the server accepts.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { checkLogin, checkOperatorLogin, openPool, withOwner } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe("the server's login", () => {
  /** A database login for one test. The roles of a cluster remain after a database is dropped, so the test drops the login. */
  async function asked(
    prepare: (login: string) => string[],
    where = database,
    check = checkLogin,
  ): Promise<string> {
    const { owner } = inject("cluster");
    const login = `projo_tested_${randomUUID().slice(0, 8)}`;
    const password = `secret-${randomUUID()}`;
    const pool = openPool({
      target: { host: owner.host, port: owner.port, user: login, password, database: where.name },
      max: 1,
    });
    await where.owner(`CREATE ROLE ${login} LOGIN NOINHERIT PASSWORD '${password}'`);
    try {
      for (const statement of prepare(login)) await where.owner(statement);
      return await check(pool).then(
        () => "accepted",
        (error: unknown) => {
          const text = String(error);
          expect(text).not.toContain(password);
          expect(text.split("\n")).toHaveLength(1);
          return text.replaceAll(login, "LOGIN");
        },
      );
    } finally {
      await pool.end();
      for (const name of [login, `${login}_group`]) {
        const [role] = await where.owner("SELECT FROM pg_roles WHERE rolname = $1", [name]);
        if (role) {
          await where.owner(
            `REASSIGN OWNED BY ${name} TO CURRENT_USER; DROP OWNED BY ${name}; DROP ROLE ${name}`,
          );
        }
      }
    }
  }
  const roles = (login: string) => `GRANT projo_tenant, projo_system TO ${login}`;

  it("I4 owns nothing, bypasses nothing and passes the check", async () => {
    expect(await asked((login) => [roles(login)])).toBe("accepted");
    await expect(checkLogin(database.pool)).resolves.toBeUndefined();
    const [facts] = await database.owner(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit,
              (SELECT count(*)::int FROM pg_shdepend AS d WHERE refobjid = r.oid AND deptype = 'o' AND dbid IN (
                 SELECT oid FROM pg_database WHERE datname = current_database() UNION SELECT 0)) AS owned,
              (SELECT array_agg(g.rolname::text ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                WHERE m.member = r.oid) AS roles
         FROM pg_roles r WHERE rolname = $1`,
      [inject("cluster").server.user],
    );
    expect(facts).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolinherit: false,
      owned: 0,
      roles: ["projo_system", "projo_tenant"],
    });
  });

  it("U11 the check rejects an operator's login, also with the role through another role", async () => {
    const operators = (login: string) => [roles(login), `GRANT projo_operator TO ${login}`];
    const through = (login: string) => [
      roles(login),
      `CREATE ROLE ${login}_group`,
      `GRANT projo_operator TO ${login}_group`,
      `GRANT ${login}_group TO ${login}`,
    ];
    for (const prepare of [operators, through]) {
      expect(await asked(prepare)).toMatch(
        /may act as projo_operator, which can erase users, so a server must not use it.*projostack migrate/,
      );
    }
    await expect(checkLogin(database.operatorPool)).rejects.toThrow("may act as projo_operator");
  });

  it("I4 the operator check accepts only an operator's login that bypasses nothing", async () => {
    const operators = (login: string) => [roles(login), `GRANT projo_operator TO ${login}`];
    await expect(checkOperatorLogin(database.operatorPool)).resolves.toBeUndefined();
    expect(await asked(operators, database, checkOperatorLogin)).toBe("accepted");
    const refused: [(login: string) => string[], string][] = [
      [(login) => [roles(login)], "is not an operator's. Run `projostack migrate`"],
      [(login) => [`GRANT projo_operator TO ${login}`], "is not an operator's"],
      [(login) => [...operators(login), `ALTER ROLE ${login} BYPASSRLS`], "could bypass row-level security"],
    ];
    for (const [prepare, why] of refused) {
      expect(await asked(prepare, database, checkOperatorLogin)).toContain(why);
    }
  });

  const refusals: [who: string, prepare: (login: string) => string[], why: string][] = [
    [
      "a superuser",
      (login) => [roles(login), `ALTER ROLE ${login} SUPERUSER`],
      "could bypass row-level security",
    ],
    [
      "a login that bypasses row-level security",
      (login) => [roles(login), `ALTER ROLE ${login} BYPASSRLS`],
      "could bypass row-level security, as LOGIN can",
    ],
    [
      "a member of a role that bypasses row-level security",
      (login) => [roles(login), `CREATE ROLE ${login}_group BYPASSRLS`, `GRANT ${login}_group TO ${login}`],
      "could bypass row-level security, as LOGIN_group can",
    ],
    [
      "one that makes roles",
      (login) => [roles(login), `ALTER ROLE ${login} CREATEROLE`],
      "could bypass row-level security, as LOGIN can",
    ],
    [
      "a login that can run programs on the database's machine",
      (login) => [roles(login), `GRANT pg_execute_server_program TO ${login}`],
      "could bypass row-level security, as pg_execute_server_program can",
    ],
    [
      "a login that can act as the role for backups, also if policies show that role the rows",
      (login) => [
        "DO $$ BEGIN CREATE ROLE projo_backup NOINHERIT; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        `GRANT projo_backup TO ${login}`,
      ],
      "could bypass row-level security, as projo_backup can",
    ],
    [
      "a login without the two roles",
      () => [],
      "may not act as projo_tenant and projo_system. Run `projostack migrate`",
    ],
    [
      "a login with only one of the two roles",
      (login) => [`GRANT projo_tenant TO ${login}`],
      "may not act as projo_tenant and projo_system",
    ],
  ];
  it.each(refusals)("I4 the check rejects %s", async (_who, prepare, why) => {
    const answer = await asked(prepare);
    expect(answer).toContain(why);
    expect(answer).toContain("projostack migrate");
  });

  it.each(["projo_tenant", "projo_system"])(
    "I4 the check rejects a login that cannot switch to %s",
    async (role) => {
      const [row] = await database.owner<{ version: number }>(
        "SELECT current_setting('server_version_num')::int AS version",
      );
      // Before PostgreSQL 16, each membership includes SET ROLE.
      const options = Number(row?.version) >= 160_000 ? " WITH SET FALSE" : "";
      const answer = await asked((login) => [roles(login), `GRANT ${role} TO ${login}${options}`]);
      expect(answer).toContain(options ? "may not act as projo_tenant and projo_system" : "accepted");
    },
  );

  const ownings: [what: string, prepare: (login: string, name: string) => string[], owned: string][] = [
    ["a table", (login) => [`ALTER TABLE tasks OWNER TO ${login}`], "tasks"],
    [
      "a table through another role",
      (login) => [
        `CREATE ROLE ${login}_group`,
        `ALTER TABLE tasks OWNER TO ${login}_group`,
        `GRANT ${login}_group TO ${login}`,
      ],
      "tasks",
    ],
    ["a function", (login) => [`ALTER FUNCTION projo_enter OWNER TO ${login}`], "projo_enter"],
    ["the database", (login, name) => [`ALTER DATABASE ${name} OWNER TO ${login}`], "public"],
  ];
  it.each(ownings)("I4 the check rejects a login that owns %s", async (_what, prepare, owned) => {
    const own = await createTestDatabase();
    const answer = await asked((login) => [roles(login), ...prepare(login, own.name)], own);
    await own.drop();
    expect(answer).toMatch(
      new RegExp(`owns [\\w, ]*${owned}, and could disable their protection.*projostack migrate`),
    );
  });

  it("I4 the check rejects a database without tables and says what to do", async () => {
    const { owner, server } = inject("cluster");
    const name = `projo_test_empty_${randomUUID().slice(0, 8)}`;
    await withOwner({ ...owner, database: "postgres" }, (client) => client.query(`CREATE DATABASE ${name}`));
    const pool = openPool({ target: { host: owner.host, port: owner.port, ...server, database: name } });
    await expect(checkLogin(pool)).rejects.toThrow("finds no tables. Run `projostack migrate` first");
    await pool.end();
    await withOwner({ ...owner, database: "postgres" }, (client) => client.query(`DROP DATABASE ${name}`));
  });
});
