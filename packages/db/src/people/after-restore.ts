// What must not continue after the database was restored to an earlier time: sessions that ended since then, links that were used
// since then, and mails that were sent since then.
import type { RunStatement } from "../scope/run-statement.ts";

export interface RestoredState {
  readonly sessions: number;
  /** Mailed links to verify an address or reset a password that can still be used. */
  readonly links: number;
  /** Mails that wait to be sent, without those of the links. */
  readonly mails: number;
}

export interface AfterRestore {
  /** Counts what `settle` would end, delete and hold. */
  count(): Promise<RestoredState>;
  /**
   * Ends every session, deletes every one-time token together with its mail, and marks the other waiting mails as dead. The steps
   * commit separately: after an interruption, the next call continues.
   * @param newId returns the id of an account event
   * @returns what was ended, deleted and held
   */
  settle(newId: () => string): Promise<RestoredState>;
}

/** Rows of one statement: few enough for the statement timeout of five seconds. */
const STEP = 5_000;

export function afterRestore(run: RunStatement, step = STEP): AfterRestore {
  /** Repeats a statement until it changes less than a step. @returns the number of changed rows */
  async function inSteps(name: string, text: string, more: () => unknown[] = () => []): Promise<number> {
    for (let total = 0; ;) {
      const { rows } = await run<{ changed: number }>(name, text, [step, ...more()]);
      const changed = rows[0]?.changed ?? 0;
      total += changed;
      if (changed < step) return total;
    }
  }
  return {
    count: async () => {
      const { rows } = await run<RestoredState>("restored_count", COUNT, []);
      return rows[0] ?? { sessions: 0, links: 0, mails: 0 };
    },
    settle: async (newId) => {
      const ids = () => [Array.from({ length: step }, newId)];
      return {
        sessions: await inSteps("restored_sessions", END_SESSIONS, ids),
        links: await inSteps("restored_links", DELETE_LINKS),
        mails: await inSteps("restored_mails", HOLD_MAILS),
      };
    },
  };
}

const COUNT = `
  SELECT (SELECT count(*)::integer FROM sessions) AS sessions, (SELECT count(*)::integer FROM one_time_tokens) AS links,
         (SELECT count(*)::integer FROM mail_outbox WHERE status = 'pending' AND one_time_token_id IS NULL) AS mails`;

const END_SESSIONS = `
  WITH ended AS (
    DELETE FROM sessions WHERE id IN (SELECT id FROM sessions ORDER BY user_id LIMIT $1) RETURNING user_id
  ), people AS (
    SELECT user_id, row_number() OVER () AS place FROM (SELECT DISTINCT user_id FROM ended) AS each
  ), recorded AS (
    INSERT INTO account_events (id, user_id, action, outcome)
    SELECT ($2::uuid[])[place], user_id, 'sessions.ended', 'ok' FROM people
  )
  SELECT count(*)::integer AS changed FROM ended`;

const DELETE_LINKS = `
  WITH deleted AS (
    DELETE FROM one_time_tokens WHERE id IN (SELECT id FROM one_time_tokens LIMIT $1) RETURNING id
  )
  SELECT count(*)::integer AS changed FROM deleted`;

const HOLD_MAILS = `
  WITH held AS (
    UPDATE mail_outbox SET status = 'dead', problem = 'not_accepted', last_error = 'held after a restore'
     WHERE id IN (SELECT id FROM mail_outbox WHERE status = 'pending' LIMIT $1) RETURNING id
  )
  SELECT count(*)::integer AS changed FROM held`;
