import type { RunStatement } from "../scope/run-statement.ts";

/** Since when servers make checked tokens, and what time it is, both in Unix time by the database's clock. */
export type CheckedTokens = () => Promise<{ checkedSinceSeconds: number; nowSeconds: number }>;

// In numbers, since the time is -infinity where the database began with checked tokens, which is no Date.
const STATEMENT = `
  SELECT extract(epoch FROM coalesce((SELECT at FROM upgrades WHERE name = 'checked_tokens'), '-infinity'))::double precision
           AS "checkedSinceSeconds",
         extract(epoch FROM clock_timestamp())::double precision AS "nowSeconds"`;

export const checkedTokensReader =
  (run: RunStatement): CheckedTokens =>
  async () => {
    const { rows } = await run<Awaited<ReturnType<CheckedTokens>>>("checked_tokens", STATEMENT, []);
    const [times] = rows;
    if (!times) throw new Error("The database did not tell its time.");
    return times;
  };
