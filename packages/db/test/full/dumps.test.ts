// F15: dumps by pg_dump of a real database, with and without the backup role, and the verification of a restored database.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  backupRoleCommand,
  checkDump,
  readDump,
  verifyDatabase,
  verifyDumpCommand,
  withOwner,
} from "../../src/index.ts";
import { passwordOf, setUp, startGivenPostgres, type GivenPostgres } from "../kit/given-postgres.ts";
import { hasPostgres15 } from "../kit/postgres-15.ts";
import { plantLogs } from "./plant-logs.ts";

const BINARIES = "/usr/lib/postgresql/15/bin";
const isHere = hasPostgres15 && existsSync(join(BINARIES, "pg_dump"));
const needed = process.env["CI"] === "true";
if (!isHere && !needed) {
  process.stderr.write(
    "Skipped dumps by pg_dump: PostgreSQL 15 is not installed in /usr/lib/postgresql/15.\n",
  );
}

const owner = "plain_owner";
const run = promisify(execFile);
const checkOf = async (path: string) => checkDump(readDump(path, BINARIES));

describe.skipIf(!isHere && !needed)("dumps of PostgreSQL 15", () => {
  let postgres: GivenPostgres;
  let database: string;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "projo-dump-"));
    postgres = await startGivenPostgres("15");
    database = await postgres.create({ owner, attributes: "CREATEROLE" });
    const { code, messages } = await setUp({ PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database) });
    if (code !== 0) throw new Error(messages);
    await postgres.admin(plantLogs(3), database);
    if ((await backupRole(["--policies"])) !== 0) throw new Error("The backup role was not prepared.");
  });
  afterAll(async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const urls = () => ({
    PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
    PROJO_BACKUP_DATABASE_URL: postgres.urlOf("projo_dump", database),
  });
  const backupRole = (args: readonly string[]) =>
    backupRoleCommand({ args, env: urls(), write: () => {}, note: () => {} });

  /** Runs pg_dump. @returns the path of the dump, or what pg_dump said when it failed */
  async function dump(user: string, options: readonly string[]): Promise<{ path: string; error: string }> {
    const path = join(directory, `${Math.random().toString(36).slice(2)}.dump`);
    const host = [
      "--host=127.0.0.1",
      `--port=${postgres.port}`,
      `--username=${user}`,
      `--dbname=${database}`,
    ];
    try {
      await run(join(BINARIES, "pg_dump"), [...host, ...options, `--file=${path}`], {
        env: { PGPASSWORD: passwordOf(user) },
      });
      return { path, error: "" };
    } catch (error) {
      return { path, error: error instanceof Error ? error.message : String(error) };
    }
  }

  it("F15 a dump by the owner fails, and with --enable-row-security it is rejected by the check", async () => {
    const failed = await dump(owner, ["--format=custom"]);
    expect(failed.error).toMatch(/query would be affected by row-level security policy/);
    const filtered = await dump(owner, ["--format=custom", "--enable-row-security"]);
    expect(filtered.error).toBe("");
    const { problems } = await checkOf(filtered.path);
    expect(problems).toEqual([
      expect.stringMatching(/3 accounts and no workspace\. Row-level security hid rows/),
    ]);
  });

  it.each([["custom"], ["directory"], ["plain"], ["tar"]])(
    "F15 a dump as projo_backup in the format %s has every row",
    async (format) => {
      const made = await dump("projo_dump", [
        "--role=projo_backup",
        "--enable-row-security",
        `--format=${format}`,
      ]);
      expect(made.error).toBe("");
      const { rows, problems } = await checkOf(made.path);
      expect(problems).toEqual([]);
      expect(rows.get("audit_logs")).toBe(9);
      for (const [table, count] of rows) {
        const [row] = await postgres.admin<{ count: number }>(
          `SELECT count(*)::int AS count FROM "${table}"`,
          database,
        );
        expect(row?.count, table).toBe(count);
      }
    },
  );

  it("F15 without its policies a dump as projo_backup fails, or is rejected by the check", async () => {
    await postgres.admin(
      `DO $$ DECLARE t record; BEGIN FOR t IN SELECT polrelid::regclass AS name FROM pg_policy WHERE polname = 'backup'
         LOOP EXECUTE format('DROP POLICY "backup" ON %s', t.name); END LOOP; END $$`,
      database,
    );
    try {
      expect((await dump("projo_dump", ["--role=projo_backup"])).error).toMatch(/row-level security policy/);
      const filtered = await dump("projo_dump", ["--role=projo_backup", "--enable-row-security"]);
      expect((await checkOf(filtered.path)).problems).not.toEqual([]);
      expect((await verify()).problems).toEqual([
        expect.stringMatching(/^Row-level security hides the rows of audit_denials, /),
      ]);
    } finally {
      expect(await backupRole(["--policies"])).toBe(0);
    }
  });

  const verify = () => withOwner({ connectionString: urls().PROJO_BACKUP_DATABASE_URL }, verifyDatabase);

  it("F15 verify-dump ends with status 1 for a file that is no dump, and for one that does not exist", async () => {
    for (const [path, why] of [
      [join(BINARIES, "pg_dump"), "It is not a dump of a database of ProjoStack."],
      [join(directory, "missing"), "cannot be read (ENOENT)"],
    ] as const) {
      let notes = "";
      const note = (line: string) => (notes += line);
      expect(await verifyDumpCommand({ args: [path], env: {}, write: () => {}, note })).toBe(1);
      expect(notes).toContain(why);
    }
  });

  it("F15 verifies the chain of every workspace, and finds changed, missing and surplus entries", async () => {
    expect(await verify()).toMatchObject({ logs: 3, entries: 9, problems: [] });
    const off =
      "SET session_replication_role = replica; ALTER TABLE audit_logs DISABLE TRIGGER ALL; ALTER TABLE audit_heads DISABLE TRIGGER ALL";
    const workspace = "(SELECT workspace_id FROM audit_heads ORDER BY 1 LIMIT 1)";
    const damages: [sql: string, problem: RegExp][] = [
      [
        `UPDATE audit_logs SET action = 'task.restored' WHERE seq = 2 AND workspace_id = ${workspace}`,
        /Entry 2 is not as it was written/,
      ],
      [`DELETE FROM audit_logs WHERE seq = 2 AND workspace_id = ${workspace}`, /Entry 2 is missing/],
      [
        `DELETE FROM audit_logs WHERE seq = 3 AND workspace_id = ${workspace}`,
        /Entry 3 is missing at the end/,
      ],
      [`DELETE FROM audit_heads WHERE workspace_id = ${workspace}`, /has no head/],
      [
        `UPDATE audit_heads SET seq = 2, hash = (SELECT hash FROM audit_logs l WHERE l.seq = 2 AND l.workspace_id = audit_heads.workspace_id) WHERE workspace_id = ${workspace}`,
        /has entries after its head, entry 2/,
      ],
    ];
    for (const [sql, problem] of damages) {
      const { problems } = await inDamagedCopy(`${off}; ${sql}`);
      expect(problems[0], sql).toMatch(problem);
    }
  });

  it("F15 finds a table whose row-level security was not restored", async () => {
    const { problems } = await inDamagedCopy("ALTER TABLE tasks DISABLE ROW LEVEL SECURITY");
    expect(problems).toEqual([
      "Row-level security is not enabled on tasks, which has policies. Restore the whole dump.",
    ]);
  });

  /** Verifies a copy of the database after a statement of the superuser. */
  async function inDamagedCopy(sql: string) {
    const copy = `${database}_copy`;
    await postgres.admin(`CREATE DATABASE ${copy} TEMPLATE ${database}`);
    try {
      await postgres.admin(sql, copy);
      return await withOwner({ connectionString: postgres.urlOf("projo_dump", copy) }, verifyDatabase);
    } finally {
      await postgres.admin(`DROP DATABASE ${copy} WITH (FORCE)`);
    }
  }
});
