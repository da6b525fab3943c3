// F15: the short form of `pnpm restore:drill`, on the PostgreSQL 15 of the machine, whose client programs the drill needs.
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LONG_TEST_MS, programOf } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { own, unprivileged, type Machine } from "../../bench/src/restore/cluster.ts";
import { restoreDrill } from "../../bench/src/restore/drill.ts";

const binaries = "/usr/lib/postgresql/15/bin";
const isHere = existsSync(join(binaries, "pg_dump")) && existsSync(join(binaries, "postgres"));
const needed = process.env["CI"] === "true";
if (!isHere && !needed) {
  process.stderr.write(`Skipped the restore drill: PostgreSQL 15 is not installed in ${binaries}.\n`);
}

describe.skipIf(!isHere && !needed)("the restore drill", () => {
  let parent: string;
  beforeAll(async () => {
    // The drill measures nothing here, so its clusters may be in memory.
    parent = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "projo-restore-"));
    await chmod(parent, 0o755);
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));

  async function drill(options: {
    asOwner: boolean;
    policies: boolean;
  }): Promise<{ isGreen: boolean; lines: string[] }> {
    const user = await unprivileged();
    const machine: Machine = { binaries, directory: await mkdtemp(join(parent, "drill-")), user };
    await chmod(machine.directory, 0o755);
    await own(machine, machine.directory);
    const lines: string[] = [];
    const isBuilt = programOf().execArgv.length === 0;
    const print = (line: string) => void lines.push(line);
    const isGreen = await restoreDrill({ machine, workspaces: 3, rows: 2_000, isBuilt, print, ...options });
    return { isGreen, lines };
  }

  it(
    "F15 a dump and a base backup, taken by the documented commands under writes, restore every row and intact audit logs",
    async () => {
      const { isGreen, lines } = await drill({ asOwner: false, policies: false });
      expect(isGreen, lines.join("\n")).toBe(true);
      for (const step of [
        "projo.dump has the rows of its snapshot",
        "projo.dir has the rows of its snapshot",
        "the restored dump has every row",
        "every account signs in and verifies its audit log on the restored dump",
        "the recovered cluster has every row",
        "every account signs in and verifies its audit log on the recovered cluster",
      ]) {
        expect(lines).toContain(`  ✓ ${step}`);
      }
    },
    LONG_TEST_MS,
  );

  it(
    "F15 a dump by a backup role with policies instead of BYPASSRLS restores every row and intact audit logs",
    async () => {
      const { isGreen, lines } = await drill({ asOwner: false, policies: true });
      expect(isGreen, lines.join("\n")).toBe(true);
      for (const step of [
        "projo-policies.dump has the rows of its snapshot",
        "projo.dir has the rows of its snapshot",
        "the restored dump has every row",
        "the dump restored in parallel has every row",
        "every account signs in and verifies its audit log on the restored dump",
      ]) {
        expect(lines).toContain(`  ✓ ${step}`);
      }
    },
    LONG_TEST_MS,
  );

  it(
    "F15 a dump by the owner without the backup role fails the drill",
    async () => {
      const { isGreen, lines } = await drill({ asOwner: true, policies: false });
      expect(isGreen).toBe(false);
      expect(lines.join("\n")).toMatch(
        /✗ not: projo\.dump is complete by verify-dump\n +It has 3 accounts and no workspace/,
      );
    },
    LONG_TEST_MS,
  );
});
