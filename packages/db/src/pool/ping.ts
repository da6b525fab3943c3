import type pg from "pg";
import { BoundedPool } from "./bounded-pool.ts";
import { DatabaseBusy, DatabaseDown, failureOf } from "../connection/failures.ts";

/** What asks for it is asked again every few seconds, and must not wait. */
const LONGEST_MS = 1_000;

/**
 * Asks whether the database can serve: it answers within a second, and takes writes. While one question is under way nobody
 * asks another, so that a database that does not answer keeps one connection busy and not all of them.
 */
export function pingOf(pool: pg.Pool): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  return () => {
    underWay ??= ask(pool).finally(() => {
      underWay = null;
    });
    return withinBound(underWay);
  };
}

async function ask(pool: pg.Pool): Promise<void> {
  try {
    const { rows } = await pool.query<{ read_only?: string }>(
      "SELECT current_setting('transaction_read_only') AS read_only",
    );
    const readOnly = rows[0]?.read_only;
    if (rows.length === 1 && readOnly === "off") return;
    if (readOnly !== "on") throw new DatabaseDown("The database gave a wrong answer.");
  } catch (error) {
    throw failureOf(error);
  }
  if (pool instanceof BoundedPool) pool.renew();
  throw new DatabaseDown("The database takes no writes.", {
    condition: { severity: "down", code: "25006", name: "read_only_sql_transaction" },
  });
}

function withinBound(work: Promise<void>): Promise<void> {
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
