// PostgreSQL 15 is the oldest supported version. A machine without it prints a notice; CI must have it.
import { expect, inject, it } from "vitest";
import { withOwner } from "../src/index.ts";
import { hasPostgres15, startPostgres15 } from "./kit/postgres-15.ts";

const needed = process.env["CI"] === "true";
if (!hasPostgres15 && !needed) {
  process.stderr.write(
    "Skipped PostgreSQL 15: it is not installed, so the tests only use the embedded PostgreSQL.\n",
  );
}

it.skipIf(!hasPostgres15 && !needed)("PostgreSQL 15 can run, which CI requires", async () => {
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
});

it("the PostgreSQL of this run is supported", async () => {
  const { owner } = inject("cluster");
  const { rows } = await withOwner({ ...owner, database: "postgres" }, (client) =>
    client.query<{ version: number }>("SELECT current_setting('server_version_num')::int AS version"),
  );
  expect(rows[0]?.version).toBeGreaterThanOrEqual(150_000);
});
