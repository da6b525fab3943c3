// An owner that may not create roles: `db:migrate` prints the SQL for an administrator, and completes the set-up after the
// administrator ran exactly that SQL.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkLogin, checkOperatorLogin, openPool } from "../../src/index.ts";
import { readMigrations } from "../../src/migrations/read-migrations.ts";
import {
  givenVersions,
  passwordOf,
  runMigrate,
  setUp,
  startGivenPostgres,
  type GivenPostgres,
} from "../kit/given-postgres.ts";
import { bySuite } from "../kit/suite-length.ts";

const needed = process.env["CI"] === "true";
const owner = "plain_owner";
const server = "projo_server";
const operator = "projo_operations";
const groups = "projo_tenant, projo_system";
const madeGroups = ["projo_tenant", "projo_system", "projo_operator"].map(
  (role) => `CREATE ROLE ${role} NOLOGIN NOINHERIT`,
);
const madeServer = `CREATE ROLE ${server} LOGIN NOINHERIT PASSWORD '${passwordOf(server)}'`;
const madeOperator = `CREATE ROLE ${operator} LOGIN NOINHERIT PASSWORD '${passwordOf(operator)}'`;
const granted = [`GRANT ${groups} TO ${server}`, `GRANT ${groups}, projo_operator TO ${operator}`];
/** Statements that create every role. */
const every = [...madeGroups, madeServer, madeOperator, ...granted];

// The short suite sets up databases of the shipped version only.
const shipped = givenVersions.filter(({ version }) => version === "18");
for (const { version, isHere } of bySuite({ short: shipped, full: givenVersions })) {
  describe.skipIf(!isHere && !needed)(`an owner without CREATEROLE on PostgreSQL ${version}`, () => {
    let postgres: GivenPostgres;
    beforeAll(async () => {
      postgres = await startGivenPostgres(version);
    });
    afterAll(() => postgres.stop());

    const environment = (database: string) => ({
      PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
      DATABASE_URL: postgres.urlOf(server, database),
      PROJO_OPERATOR_DATABASE_URL: postgres.urlOf(operator, database),
    });
    async function expectServing(database: string) {
      for (const [user, check] of [[server, checkLogin] as const, [operator, checkOperatorLogin] as const]) {
        const pool = openPool({ target: { connectionString: postgres.urlOf(user, database) }, max: 1 });
        await expect(check(pool)).resolves.toBeUndefined();
        await pool.end();
      }
      const [{ count } = { count: "" }] = await postgres.admin<{ count: string }>(
        "SELECT count(*) FROM _prisma_migrations",
        database,
      );
      expect(Number(count)).toBe((await readMigrations()).length);
    }

    /** Runs `db:migrate`, then the printed SQL as the superuser, and `db:migrate` again. @returns the printed SQL */
    async function completedByAdministrator(database: string): Promise<string> {
      const env = environment(database);
      const refused = await setUp(env);
      expect(refused).toMatchObject({
        code: 1,
        messages: expect.stringMatching(/^PROJO_DATABASE_OWNER_URL: [^\n]+$/),
      });
      const output = refused.sql + refused.messages;
      for (const user of [owner, server, operator]) expect(output).not.toContain(passwordOf(user));
      await postgres.admin(refused.sql, database);
      expect(await setUp(env)).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
      // The SQL can be run again, and so can the command.
      await postgres.admin(refused.sql, database);
      expect(await setUp(env)).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
      return refused.sql;
    }

    it("completes the set-up with the printed SQL when no role exists", async () => {
      const sql = await completedByAdministrator(await postgres.create({ owner }));
      for (const role of ["projo_tenant", "projo_system", "projo_operator", server, operator]) {
        expect(sql).toContain(`CREATE ROLE "${role}"`);
      }
    });

    it("prints the SQL alone on standard output, and one line on standard error", async () => {
      const database = await postgres.create({ owner });
      const env = environment(database);
      const refused = await runMigrate(env);
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^PROJO_DATABASE_OWNER_URL: [^\n]+\n$/),
      });
      await postgres.admin(refused.stdout, database);
      expect(await runMigrate(env)).toMatchObject({ code: 0, stderr: "" });
      await expectServing(database);
    });

    it("completes the set-up without an administrator when every role exists", async () => {
      const database = await postgres.create({ owner });
      for (const sql of every) await postgres.admin(sql);
      expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
    });

    it("accepts roles that were created with the defaults of CREATE ROLE", async () => {
      const database = await postgres.create({ owner });
      for (const role of ["projo_tenant", "projo_system", "projo_operator"])
        await postgres.admin(`CREATE ROLE ${role}`);
      for (const user of [server, operator]) {
        await postgres.admin(`CREATE USER ${user} PASSWORD '${passwordOf(user)}'`);
      }
      for (const sql of granted) await postgres.admin(sql);
      expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
    });

    it("prints only what is missing when some roles exist", async () => {
      const database = await postgres.create({ owner });
      for (const sql of [...madeGroups.slice(0, 2), madeServer]) await postgres.admin(sql);
      const sql = await completedByAdministrator(database);
      expect(sql).toContain('CREATE ROLE "projo_operator"');
      expect(sql).toMatch(new RegExp(`GRANT "projo_tenant", "projo_system" TO "${server}"`));
      expect(sql).not.toMatch(/CREATE ROLE "projo_(tenant|system|server)"/);
    });

    it("grants the roles itself when it has them with the admin option", async () => {
      const database = await postgres.create({ owner });
      for (const sql of [...madeGroups, madeServer, madeOperator]) await postgres.admin(sql);
      await postgres.admin(`GRANT ${groups}, projo_operator TO ${owner} WITH ADMIN OPTION`);
      expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
    });

    it("prints the SQL for a login that has another password, cannot log in, or cannot connect", async () => {
      const database = await postgres.create({ owner });
      for (const sql of every) await postgres.admin(sql);
      await postgres.admin(`ALTER ROLE ${server} PASSWORD 'another password'`);
      await postgres.admin(`ALTER ROLE ${operator} NOLOGIN`);
      const sql = await completedByAdministrator(database);
      expect(sql).toContain(`ALTER ROLE "${server}" PASSWORD 'SCRAM-SHA-256$`);
      expect(sql).toContain(`ALTER ROLE "${operator}" LOGIN`);
      expect(sql).not.toContain("CREATE ROLE");
      await postgres.admin(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
      // The owner of the database may grant CONNECT itself.
      expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
    });

    it.each([
      ["BYPASSRLS", server, "DATABASE_URL"],
      ["SUPERUSER", operator, "PROJO_OPERATOR_DATABASE_URL"],
      ["CREATEROLE", server, "DATABASE_URL"],
      ["LOGIN", "projo_tenant", "PROJO_DATABASE_OWNER_URL"],
      ["BYPASSRLS", "projo_system", "PROJO_DATABASE_OWNER_URL"],
    ])(
      "refuses the attribute %s of %s, changes nothing, and prints the correction",
      async (attribute, role, variable) => {
        const database = await postgres.create({ owner });
        for (const sql of every) await postgres.admin(sql);
        await postgres.admin(`ALTER ROLE ${role} ${attribute}`);
        const refused = await setUp(environment(database));
        expect(refused.code).toBe(1);
        expect(refused.messages).toMatch(new RegExp(`^${variable}: [^\\n]*${role} [^\\n]+$`));
        expect(refused.sql).toContain(`ALTER ROLE "${role}" NO${attribute};`);
        expect(
          await postgres.admin("SELECT FROM pg_class WHERE relname = '_prisma_migrations'", database),
        ).toEqual([]);
        await postgres.admin(refused.sql, database);
        expect(await setUp(environment(database))).toMatchObject({ code: 0 });
        await expectServing(database);
      },
    );

    it("changes no role that may belong to another program, even if the owner could", async () => {
      const database = await postgres.create({ owner, attributes: "SUPERUSER" });
      await postgres.admin(`CREATE ROLE ${server} LOGIN BYPASSRLS PASSWORD 'of another program'`);
      const roles = "SELECT rolname, rolbypassrls, rolpassword FROM pg_authid ORDER BY 1";
      const before = await postgres.admin(roles);
      expect(await setUp(environment(database))).toMatchObject({
        code: 1,
        messages: expect.stringMatching(/^DATABASE_URL: /),
      });
      expect(await postgres.admin(roles)).toEqual(before);
    });

    it("refuses a login that is a member of a role with more rights", async () => {
      const database = await postgres.create({ owner });
      for (const sql of every) await postgres.admin(sql);
      // Consoles of services make each new user a member of their role for administrators.
      await postgres.admin("CREATE ROLE service_admin CREATEROLE");
      await postgres.admin(`GRANT service_admin, projo_operator TO ${server}`);
      const refused = await setUp(environment(database));
      expect(refused.messages).toMatch(
        /^DATABASE_URL: projo_server is a member of projo_operator and service_admin/,
      );
      await postgres.admin(refused.sql, database);
      expect(await setUp(environment(database))).toMatchObject({ code: 0 });
      await expectServing(database);
    });

    it.each([
      [
        "the superuser",
        () => postgres.superuser.user,
        /^DATABASE_URL: \S+ owns this database or administers it/,
      ],
      [
        "a role that holds rights",
        () => "projo_tenant",
        /^DATABASE_URL: projo_tenant is a role that holds rights/,
      ],
      ["a reserved name", () => "pg_server", /^DATABASE_URL: PostgreSQL has no login of that name/],
      [
        "a name that is too long",
        () => "s".repeat(64),
        /^DATABASE_URL: PostgreSQL has no login of that name/,
      ],
    ])("refuses %s as the server's login", async (_what, user, message) => {
      const database = await postgres.create({ owner });
      const before = await postgres.admin("SELECT rolname, rolpassword FROM pg_authid ORDER BY 1");
      const refused = await setUp({
        PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
        DATABASE_URL: postgres.urlOf(user(), database),
      });
      expect(refused).toMatchObject({ code: 1, sql: "", messages: expect.stringMatching(message) });
      expect(await postgres.admin("SELECT rolname, rolpassword FROM pg_authid ORDER BY 1")).toEqual(before);
    });

    it("prints the rights that an owner lacks in a database of another role", async () => {
      const database = await postgres.create({ owner, ownsDatabase: false });
      for (const sql of every) await postgres.admin(sql);
      const sql = await completedByAdministrator(database);
      expect(sql).toContain(`GRANT USAGE, CREATE ON SCHEMA public TO "${owner}"`);
      expect(sql).toContain(`REVOKE CREATE, TEMPORARY ON DATABASE "${database}" FROM PUBLIC`);
    });

    it("refuses a schema public of another role in which every login may create tables", async () => {
      const database = await postgres.create({ owner });
      for (const sql of every) await postgres.admin(sql);
      // A database that was upgraded from a version before 15.
      await postgres.admin("ALTER SCHEMA public OWNER TO CURRENT_USER", database);
      await postgres.admin("GRANT CREATE ON SCHEMA public TO PUBLIC", database);
      const sql = await completedByAdministrator(database);
      expect(sql).toContain("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    });

    it("gives the tables to the role to which the owner's login switches", async () => {
      const database = await postgres.create({ owner });
      for (const sql of every) await postgres.admin(sql);
      await postgres.admin("CREATE ROLE owning_group");
      await postgres.admin(`GRANT owning_group TO ${owner}`);
      await postgres.admin(`ALTER DATABASE ${database} OWNER TO owning_group`);
      await postgres.admin(`ALTER ROLE ${owner} SET role = 'owning_group'`);
      expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
      const owners = await postgres.admin(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'",
        database,
      );
      expect(owners).toEqual([{ tableowner: "owning_group" }]);
    });

    it("creates the schema public if it is missing", async () => {
      const database = await postgres.create({ owner });
      for (const sql of every) await postgres.admin(sql);
      await postgres.admin("DROP SCHEMA public", database);
      expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
    });

    it("lets an owner with CREATEROLE complete the set-up alone", async () => {
      const database = await postgres.create({ owner, attributes: "CREATEROLE" });
      expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
      // The second run changes the password to the one of the variable.
      const changed = {
        ...environment(database),
        DATABASE_URL: postgres.urlOf(server, database).replace(passwordOf(server), "new-secret"),
      };
      expect(await setUp(changed)).toMatchObject({ code: 0, messages: "" });
      const pool = openPool({ target: { connectionString: changed.DATABASE_URL }, max: 1 });
      await expect(checkLogin(pool)).resolves.toBeUndefined();
      await pool.end();
    });

    it("completes the set-up for an owner with CREATEROLE and roles of somebody else", async () => {
      const database = await postgres.create({ owner, attributes: "CREATEROLE" });
      for (const sql of madeGroups) await postgres.admin(sql);
      const first = await setUp(environment(database));
      // Since PostgreSQL 16, CREATEROLE does not include roles of others.
      expect(first.sql.includes(`TO "${server}"`)).toBe(version !== "15");
      expect(first.sql).not.toContain("CREATE ROLE");
      if (first.sql) await postgres.admin(first.sql, database);
      expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
      await expectServing(database);
    });
  });
}
