// F15: the role that reads every row for a backup, and the command that prepares it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { backupRoleCommand, checkLogin, migrate, openPool, withOwner } from "../../src/index.ts";
import { readMigrations, type Migration } from "../../src/migrations/read-migrations.ts";
import {
  givenVersions,
  passwordOf,
  setUp,
  startGivenPostgres,
  type GivenPostgres,
} from "../kit/given-postgres.ts";
import { bySuite } from "../kit/suite-length.ts";

const needed = process.env["CI"] === "true";
const owner = "plain_owner";
const server = "projo_server";
const login = "projo_dump";

const shipped = givenVersions.filter(({ version }) => version === "18");
for (const { version, isHere } of bySuite({ short: shipped, full: givenVersions })) {
  describe.skipIf(!isHere && !needed)(`backup-role on PostgreSQL ${version}`, () => {
    let postgres: GivenPostgres;
    let database: string;
    beforeAll(async () => {
      postgres = await startGivenPostgres(version);
    });
    afterAll(() => postgres.stop());
    beforeEach(async () => {
      database = await postgres.create({ owner, attributes: "CREATEROLE" });
      const urls = {
        PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
        DATABASE_URL: postgres.urlOf(server, database),
      };
      const { code, messages } = await setUp(urls);
      if (code !== 0) throw new Error(messages);
      await postgres.admin(PLANTED, database);
    });

    const envOf = (user = login) => ({
      PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
      PROJO_BACKUP_DATABASE_URL: postgres.urlOf(user, database),
    });

    async function run(args: readonly string[] = [], env: Record<string, string> = envOf()) {
      let output = "";
      let notes = "";
      const code = await backupRoleCommand({
        args,
        env,
        write: (text) => (output += text),
        note: (line) => (notes += `${line}\n`),
      });
      expect(output + notes).not.toContain(passwordOf(login));
      return { code, output, notes };
    }

    /** Runs the command, then the printed SQL as the superuser, and the command again. @returns the printed SQL */
    async function completedByAdministrator(args: readonly string[] = []): Promise<string> {
      const first = await run(args);
      expect(first).toMatchObject({
        code: 1,
        notes: expect.stringMatching(/^PROJO_DATABASE_OWNER_URL: [^\n]+\n$/),
      });
      await postgres.admin(first.output, database);
      expect(await run(args)).toMatchObject({ code: 0, notes: "" });
      // The SQL can be run again, and so can the command.
      await postgres.admin(first.output, database);
      expect(await run(args)).toMatchObject({ code: 0, notes: "" });
      return first.output;
    }

    /** Runs a statement with the login, after SET ROLE projo_backup. @returns the rows, or the message of the error */
    const asBackup = (text: string, before = "SET ROLE projo_backup") =>
      withOwner({ connectionString: postgres.urlOf(login, database) }, async (client) => {
        try {
          await client.query(before);
          return (await client.query<Record<string, unknown>>(text)).rows;
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      });

    /** The tables of which the role does not see every row. */
    async function hiddenTables(before?: string): Promise<string[]> {
      const tables = await postgres.admin<{ name: string }>(TABLES, database);
      const counts = tables.map(
        ({ name }) => `SELECT '${name}' AS name, count(*)::int AS count FROM "${name}"`,
      );
      const all = await postgres.admin<{ name: string; count: number }>(counts.join(" UNION ALL "), database);
      const seen = await asBackup(counts.join(" UNION ALL "), before);
      if (typeof seen === "string") return [seen];
      return all
        .filter(({ name, count }) => seen.find((row) => row["name"] === name)?.["count"] !== count)
        .map(({ name }) => name);
    }

    it("F15 reads every row with BYPASSRLS, which an administrator grants by the printed SQL", async () => {
      const sql = await completedByAdministrator();
      expect(sql).toContain('CREATE ROLE "projo_backup" NOLOGIN NOINHERIT BYPASSRLS;');
      expect(await hiddenTables("SET ROLE projo_backup; SET row_security = off")).toEqual([]);
      const policies = "SELECT FROM pg_policy WHERE polname = 'backup'";
      expect(await postgres.admin(policies, database)).toEqual([]);
    });

    it("F15 reads every row by policies, without an administrator", async () => {
      expect(await run(["--policies"])).toMatchObject({
        code: 0,
        output: expect.stringContaining("--role=projo_backup --enable-row-security"),
        notes: "",
      });
      expect(await hiddenTables()).toEqual([]);
      const [role] = await postgres.admin("SELECT rolbypassrls FROM pg_roles WHERE rolname = 'projo_backup'");
      expect(role).toEqual({ rolbypassrls: false });
      // A second run keeps the policies.
      expect(await run()).toMatchObject({
        code: 0,
        output: expect.stringContaining("--enable-row-security"),
      });
      await postgres.admin('DROP POLICY "backup" ON tasks', database);
      expect(await hiddenTables()).toEqual(["tasks"]);
    });

    it.each([
      ["with BYPASSRLS", []],
      ["by policies", ["--policies"]],
    ])("F15 reads the tables of later migrations %s", async (_method, args) => {
      const { output } = await run(args);
      if (args.length === 0) await postgres.admin(output, database);
      expect(await run(args)).toMatchObject({ code: 0 });
      const later = laterMigration("later");
      const migrations = [...(await readMigrations()), later];
      await withOwner({ connectionString: postgres.urlOf(owner, database) }, (client) =>
        migrate(client, migrations),
      );
      await postgres.admin("INSERT INTO later VALUES (1)", database);
      expect(await hiddenTables()).toEqual([]);
    });

    it("F15 cannot change anything, and the login has no right before it switches to the role", async () => {
      await completedByAdministrator();
      for (const statement of [
        "DELETE FROM tasks",
        "UPDATE users SET email = 'x'",
        "TRUNCATE audit_logs",
        "CREATE TABLE mine ()",
      ]) {
        expect(await asBackup(statement), statement).toMatch(/permission denied/);
      }
      expect(await asBackup("SELECT FROM tasks", "SELECT 1")).toBe("permission denied for table tasks");
      for (const role of ["projo_tenant", "projo_system", "projo_operator", owner]) {
        expect(await asBackup("SELECT 1", `SET ROLE ${role}`), role).toMatch(/permission denied to set role/);
      }
    });

    it("I4 F15 no login of a server can become the role: the server refuses it, and the command reports it", async () => {
      expect(await run(["--policies"])).toMatchObject({ code: 0 });
      const pool = openPool({ target: { connectionString: postgres.urlOf(server, database) }, max: 1 });
      try {
        await expect(checkLogin(pool)).resolves.toBeUndefined();
        await postgres.admin(`GRANT projo_backup TO ${server}`);
        await expect(checkLogin(pool)).rejects.toThrow(
          "could bypass row-level security, as projo_backup can",
        );
      } finally {
        await pool.end();
      }
      const refused = await run();
      expect(refused.notes).toMatch(
        /projo_server may act as projo_backup, and could read the rows of every workspace/,
      );
      const migrated = await setUp({
        PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
        DATABASE_URL: postgres.urlOf(server, database),
      });
      expect(migrated.messages).toMatch(/^DATABASE_URL: projo_server is a member of projo_backup/);
      await postgres.admin(refused.output, database);
      expect(await run()).toMatchObject({ code: 0 });
    });

    it("I5 F15 the policies of the role do not apply to the owner, whose functions see one workspace", async () => {
      await postgres.admin(
        `CREATE ROLE projo_backup NOLOGIN; GRANT projo_backup TO ${owner} WITH ADMIN OPTION`,
      );
      const refused = await run(["--policies"]);
      expect(refused.notes).toMatch(
        /plain_owner has the rights of projo_backup, so its functions would read every workspace/,
      );
      expect(refused.output).toContain(`REVOKE "projo_backup" FROM "${owner}"`);
      expect(await postgres.admin("SELECT FROM pg_policy WHERE polname = 'backup'", database)).toEqual([]);
      await postgres.admin(refused.output, database);
      expect(await run(["--policies"])).toMatchObject({ code: 0 });
      const seen = await withOwner(
        { connectionString: postgres.urlOf(owner, database) },
        async (client) => (await client.query("SELECT FROM audit_logs")).rowCount,
      );
      expect(seen).toBe(0);
    });

    it("refuses names and roles that must not make backups, and changes nothing", async () => {
      const roles = "SELECT rolname, rolpassword, rolbypassrls FROM pg_authid ORDER BY 1";
      const before = await postgres.admin(roles);
      const refused: [user: string, why: RegExp][] = [
        [owner, /^PROJO_BACKUP_DATABASE_URL: plain_owner owns this database/],
        ["projo_backup", /^PROJO_BACKUP_DATABASE_URL: projo_backup is a role that holds rights/],
        [server, /^PROJO_BACKUP_DATABASE_URL: projo_server is a member of projo_system and projo_tenant/],
      ];
      for (const [user, why] of refused) {
        expect(await run([], envOf(user))).toMatchObject({ code: 1, notes: expect.stringMatching(why) });
      }
      expect(await postgres.admin(roles)).toEqual(before);
    });

    it("names the missing variable, an unknown option, and a database without tables", async () => {
      expect(await run([], {})).toMatchObject({
        code: 2,
        notes: expect.stringContaining("Set PROJO_DATABASE_OWNER_URL"),
      });
      expect(await run(["--policy"])).toMatchObject({
        code: 2,
        notes: "Usage: backup-role [--policies] [--json]\n",
      });
      database = await postgres.create({ owner });
      expect(await run()).toMatchObject({
        code: 1,
        notes: expect.stringContaining("Run `projostack migrate` first"),
      });
    });
  });
}

const TABLES =
  "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1";

/** A row in tables with row-level security and in one without. */
const PLANTED = `
  INSERT INTO users (id, email, password_hash) VALUES ('0195a2c4-7d1e-7c3a-9d5e-000000000001', 'ada@example.com', 'none');
  INSERT INTO workspaces (id, name, created_by)
    VALUES ('0195a2c4-7d1e-7c3a-9d5e-000000000002', 'Acme', '0195a2c4-7d1e-7c3a-9d5e-000000000001');
  INSERT INTO projects (id, workspace_id, name, created_by) VALUES
    ('0195a2c4-7d1e-7c3a-9d5e-000000000003', '0195a2c4-7d1e-7c3a-9d5e-000000000002', 'Launch', '0195a2c4-7d1e-7c3a-9d5e-000000000001');
  INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by) VALUES
    ('0195a2c4-7d1e-7c3a-9d5e-000000000004', '0195a2c4-7d1e-7c3a-9d5e-000000000002', '0195a2c4-7d1e-7c3a-9d5e-000000000003', 'Ship',
     'todo', '0195a2c4-7d1e-7c3a-9d5e-000000000001');
  BEGIN;
  SELECT set_config('app.workspace_id', '0195a2c4-7d1e-7c3a-9d5e-000000000002', true);
  SELECT projo_audit_append('[{"id": "0195a2c4-7d1e-7c3a-9d5e-000000000005", "actorKind": "system", "action": "workspace.created",
    "targetType": "workspace", "targetId": "x", "outcome": "ok"}]');
  COMMIT`;

const laterMigration = (table: string): Migration => ({
  name: `30000101000000_${table}`,
  checksum: "none",
  sql: `CREATE TABLE ${table} (n INTEGER NOT NULL PRIMARY KEY); ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`,
});
