import type pg from "pg";
import { BoundedPool } from "./bounded-pool.ts";
import { DatabaseBusy, DatabaseDown, failureOf } from "../connection/failures.ts";

/** Load balancers ask for readiness every few seconds and need a quick answer. */
const LONGEST_MS = 1_000;

/**
 * Checks that the database answers within a second and accepts writes. Concurrent callers share one query, so that a
 * database that does not answer occupies only one connection.
 */
export function pingOf(pool: pg.Pool): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= check(pool).finally(() => {
      running = null;
    });
    return withinTimeLimit(running);
  };
}

async function check(pool: pg.Pool): Promise<void> {
  try {
    const { rows } = await pool.query<{ read_only?: string }>(
      "SELECT current_setting('transaction_read_only') AS read_only",
    );
    const readOnly = rows[0]?.read_only;
    if (rows.length === 1 && readOnly === "off") return;
    if (readOnly !== "on") throw new DatabaseDown("The database returned an unexpected result.");
  } catch (error) {
    throw failureOf(error);
  }
  if (pool instanceof BoundedPool) pool.renew();
  throw new DatabaseDown("The database accepts no writes.", {
    condition: { severity: "down", code: "25006", name: "read_only_sql_transaction" },
  });
}

function withinTimeLimit(work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () =>
        reject(
          new DatabaseBusy("The database did not answer in time.", {
            condition: { severity: "busy", code: "none", name: "no_answer_in_time" },
          }),
        ),
      LONGEST_MS,
    );
    void work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
