import type { Db } from "@projostack/db";
import { readConfig } from "../config/config.ts";
import { openOperatorDatabase } from "../runtime/database.ts";
import { createLog } from "../runtime/log.ts";

/** Does the work with the operator's login of the configured database, and closes the connections afterwards. */
export async function withOperatorDatabase<T>(
  env: Readonly<Record<string, string | undefined>>,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const config = readConfig(env, "operator");
  const log = createLog({ level: "error", pretty: true });
  const database = await openOperatorDatabase({ ...config, log });
  try {
    return await work(database.db);
  } finally {
    await database.close();
  }
}
