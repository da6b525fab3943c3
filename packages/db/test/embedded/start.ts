import { onTestFinished } from "vitest";

import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "../../src/embedded/index.ts";

/** Starts an embedded PostgreSQL without fsync, and stops it at the end of the test. */
export async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    ...options,
    settings: { fsync: "off", ...options.settings },
  });
  onTestFinished(() => postgres.stop());
  return postgres;
}
