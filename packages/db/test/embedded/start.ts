import { onTestFinished } from "vitest";

import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "../../src/embedded/index.ts";

/** Starts one for a test that need not survive a power failure, and stops it after the test at the latest. */
export async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    ...options,
    settings: { fsync: "off", ...options.settings },
  });
  onTestFinished(() => postgres.stop());
  return postgres;
}
