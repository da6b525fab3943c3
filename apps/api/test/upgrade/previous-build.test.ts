// A rolling upgrade: the previous build serves users while the database is migrated, then beside this build. A server of the
// previous build that starts in the middle serves, too. docs/operating/upgrade.md relies on this.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { migrate } from "@projostack/db";
import { createEmptyDatabase, LONG_TEST_MS, type EmptyDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateWith, startBuild, type BuildProcess } from "./build-process.ts";
import { findPreviousBuild, preparePreviousBuild } from "./previous-build.ts";
import { startLoad, type Acknowledged, type Load } from "./rollout-load.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const previous = findPreviousBuild(root);
const description =
  typeof previous === "string"
    ? `(skipped: ${previous})`
    : `${previous.commit.slice(0, 8)}, without ${previous.newMigrations.join(", ")}`;

const PREPARATION_MS = 400_000;
const PHASE_MS = 2_000;

describe.skipIf(typeof previous === "string")(`the previous build ${description}`, () => {
  let directory: string;
  let dataDir: string;
  let database: EmptyDatabase;
  const servers: BuildProcess[] = [];

  beforeAll(async () => {
    if (typeof previous === "string") return;
    directory = preparePreviousBuild(root, previous);
    dataDir = await mkdtemp(join(tmpdir(), "projo-upgrade-"));
    database = await createEmptyDatabase();
  }, PREPARATION_MS);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database?.drop();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  });

  const start = async (build: string): Promise<BuildProcess> => {
    const server = await startBuild(build, {
      DATABASE_URL: database.url,
      PROJO_DATA_DIR: dataDir,
      PROJO_TOKEN_KEYS: `1:${"k".repeat(43)}`,
      PROJO_MAIL: "files",
      PROJO_LIMITS: "1000",
    });
    servers.push(server);
    return server;
  };

  it(
    "F14 works on the new schema, before and beside this build, and loses no acknowledged change",
    async () => {
      await migrateWith(directory, database.ownerUrl);
      const old = await start(directory);
      const load = await startLoad({
        users: 4,
        urls: [old.url],
        verify: async (email) => {
          await database.rows("UPDATE users SET email_verified_at = now() WHERE email = $1", [email]);
        },
      });
      await sleep(PHASE_MS);

      // Calls continue during the migration.
      const applied = await database.asOwner((owner) => migrate(owner));
      expect(typeof previous === "string" ? [] : previous.newMigrations).toEqual(applied);
      await sleep(PHASE_MS);

      const [present, oldAgain] = await Promise.all([start(root), start(directory)]);
      await load.use([old.url, present.url]);
      await sleep(PHASE_MS);

      await load.use([oldAgain.url, present.url]);
      expect(await old.stop()).toBe(0);
      await sleep(PHASE_MS);

      const verdicts = await load.stop();
      expect(load.failures).toEqual([]);
      expect(verdicts).toHaveLength(8);
      expect(verdicts.filter(({ isIntact }) => !isIntact)).toEqual([]);
      await expectEverything(database, load);
    },
    LONG_TEST_MS,
  );
});

async function expectEverything(database: EmptyDatabase, { workspaces }: Load): Promise<void> {
  let calls = 0;
  for (const [workspace, acknowledged] of workspaces) {
    calls += acknowledged.calls;
    const tasks = await database.rows<{ id: string; title: string; status: string }>(
      "SELECT id, title, status FROM tasks WHERE workspace_id = $1 ORDER BY id",
      [workspace],
    );
    expect(tasks).toEqual(tasksOf(acknowledged));
    const invites = await database.rows<{ id: string; status: string }>(
      `SELECT id, CASE WHEN used_at IS NOT NULL THEN 'accepted' WHEN revoked_at IS NOT NULL THEN 'revoked'
                       ELSE 'pending' END AS status
         FROM invites WHERE workspace_id = $1 ORDER BY id`,
      [workspace],
    );
    expect(invites).toEqual([...acknowledged.invites].map(([id, status]) => ({ id, status })).toSorted(byId));
    const entries = await database.rows<{ action: string }>(
      `SELECT action FROM audit_logs WHERE workspace_id = $1 AND action IN ('task.deleted', 'invite.created', 'invite.revoked', 'invite.accepted')`,
      [workspace],
    );
    expect(entries).toHaveLength(acknowledged.audited);
  }
  expect(calls).toBeGreaterThan(100);
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

const tasksOf = ({ tasks }: Acknowledged) =>
  [...tasks].flatMap(([id, task]) => (task === null ? [] : [{ id, ...task }])).toSorted(byId);
