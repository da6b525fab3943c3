// Calls with an idempotency key, and the state of the database that they may change.
import { operations, type NamedOperation } from "@projostack/contract";
import type { TestDatabase } from "@projostack/db/testing";
import { call, type Answer, type Call } from "../kit/index.ts";

/** The mutations whose answer the server stores. */
export const replayed: readonly NamedOperation[] = operations.filter(
  ({ operation: { kind, repetition } }) => kind === "mutation" && repetition === "replayed",
);

/** The mutations that run again, and the reasons. */
export const runAgain: readonly NamedOperation[] = operations.filter(
  ({ operation: { kind, repetition } }) => kind === "mutation" && repetition !== "replayed",
);

/** Calls an operation with an idempotency key. */
export const keyed = (url: string, name: string, key: string, sent: Call = {}): Promise<Answer> =>
  call(url, name, { ...sent, headers: { ...sent.headers, "idempotency-key": key } });

/** The header that marks an answer of an earlier call. */
export const isReplay = ({ headers }: Answer): boolean => headers.get("idempotency-replayed") === "true";

/** Columns that change without a mutation: the use of a credential, and the delivery of a mail. */
const PASSED_OVER: Readonly<Record<string, readonly string[]>> = {
  sessions: ["last_used_at", "expires_at", "ip", "user_agent", "confirmed"],
  service_keys: ["last_used_at"],
  mail_outbox: ["status", "status_at", "attempts", "next_attempt_at", "sent_at", "last_error", "problem"],
};

/** All rows of all tables, except columns that change without a mutation. */
export async function stateOf({ owner }: Pick<TestDatabase, "owner">): Promise<Record<string, string>> {
  const tables = await owner<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations' ORDER BY 1`,
  );
  const states = await Promise.all(
    tables.map(async ({ name }) => {
      const without = (PASSED_OVER[name] ?? []).map((column) => ` - '${column}'`).join("");
      const [row] = await owner<{ rows: string }>(
        `SELECT coalesce(string_agg(line, E'\\n' ORDER BY line), '') AS rows
           FROM (SELECT (to_jsonb(t)${without})::text AS line FROM "${name}" AS t) AS lines`,
      );
      return [name, row?.rows ?? ""] as const;
    }),
  );
  return Object.fromEntries(states);
}
