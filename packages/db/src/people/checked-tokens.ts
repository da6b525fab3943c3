import type { RunStatement } from "../scope/run-statement.ts";

/** Reads when servers began to issue checked tokens, and the current time: both in Unix time, by the database's clock. */
export type CheckedTokens = () => Promise<{ checkedSinceSeconds: number; nowSeconds: number }>;

// The times are numbers, because a new database has the time -infinity, which is not a valid Date.
const STATEMENT = `
  SELECT extract(epoch FROM coalesce((SELECT at FROM upgrades WHERE name = 'checked_tokens'), '-infinity'))::double precision
           AS "checkedSinceSeconds",
         extract(epoch FROM clock_timestamp())::double precision AS "nowSeconds"`;

export const checkedTokensReader =
  (run: RunStatement): CheckedTokens =>
  async () => {
    const { rows } = await run<Awaited<ReturnType<CheckedTokens>>>("checked_tokens", STATEMENT, []);
    const [times] = rows;
    if (!times) throw new Error("The query for the database's time returned no row.");
    return times;
  };
