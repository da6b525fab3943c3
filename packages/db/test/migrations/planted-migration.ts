import { createHash } from "node:crypto";
import type { Migration } from "../../src/migrations/read-migrations.ts";

export const migrationOf = (name: string, sql: string): Migration => ({
  name,
  sql,
  checksum: createHash("sha256").update(sql).digest("hex"),
});

/** Waits until the condition holds. */
export async function eventually(condition: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const endsAt = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error("The condition did not become true.");
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}
