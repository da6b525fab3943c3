import { setTimeout as delay } from "node:timers/promises";
import type { TestDatabase } from "./test-database.ts";

const LONGEST_MS = 30_000;

/**
 * Vacuums the tables until every page is marked as visible to all, so that an index-only scan reads no table. The test
 * clusters commit asynchronously, and VACUUM marks a page only after the commits of its rows, and of transactions with
 * neighbouring ids, are on disk. @throws Error after 30 seconds
 */
export async function vacuumAllVisible(database: TestDatabase, tables: readonly string[]): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  for (;;) {
    await database.owner(`VACUUM (ANALYZE) ${tables.join(", ")}`);
    const hidden = await database.owner<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE oid = ANY ($1::regclass[]) AND relallvisible < relpages",
      [tables],
    );
    if (hidden.length === 0) return;
    if (Date.now() > end) {
      throw new Error(
        `VACUUM left pages that are not visible to all: ${hidden.map(({ name }) => name).join(", ")}.`,
      );
    }
    await delay(50);
  }
}
