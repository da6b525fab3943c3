// The oldest PostgreSQL that is supported: where a machine has none, that is said, and CI must have one.
import { expect, inject, it } from "vitest";
import { withOwner } from "../src/index.ts";
import { hasPostgres15, startPostgres15 } from "./kit/postgres-15.ts";

const needed = process.env["CI"] === "true";
if (!hasPostgres15 && !needed) {
  process.stderr.write(
    "Skipped: this machine has no PostgreSQL 15, so the suite ran on the embedded one alone.\n",
  );
}

it.skipIf(!hasPostgres15 && !needed)(
  "these promises hold on PostgreSQL 15 too, which CI must have",
  async () => {
    expect(hasPostgres15, "CI needs PostgreSQL 15 in /usr/lib/postgresql/15").toBe(true);
    const postgres = await startPostgres15();
    try {
      const version = await withOwner({ ...postgres.owner, database: "postgres" }, (client) =>
        client.query<{ server_version: string }>("SHOW server_version"),
      );
      expect(version.rows[0]?.server_version).toMatch(/^15\./);
    } finally {
      await postgres.stop();
    }
  },
);

it("the run's own PostgreSQL is one that is supported", async () => {
  const { owner } = inject("cluster");
  const { rows } = await withOwner({ ...owner, database: "postgres" }, (client) =>
    client.query<{ version: number }>("SELECT current_setting('server_version_num')::int AS version"),
  );
  expect(rows[0]?.version).toBeGreaterThanOrEqual(150_000);
});
