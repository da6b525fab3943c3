// Shared by the tests of the audit log: entries, functions that read the log on any connection, and a random generator.
// This file casts types: a connection is used as a transaction, of which the log's functions only use `$queryRaw`.
import { randomUUID } from "node:crypto";
import type { Grant } from "@projostack/authz";
import type pg from "pg";
import { inject } from "vitest";
import {
  verifyChain,
  withOwner,
  type AuditEntry,
  type AuditPageRow,
  type ChainExpectations,
  type Db,
} from "../../src/index.ts";
import { auditPage, type AuditPageInput } from "../../src/tenant/audit/read-audit.ts";
import { preparedOf } from "../../src/scope/sql-text.ts";
import type { Statements } from "../../src/scope/statements.ts";
import type { TestDatabase } from "../kit/index.ts";

export const entryOf = (changes: Partial<AuditEntry> = {}): AuditEntry => ({
  id: randomUUID(),
  actorKind: "user",
  actorUserId: null,
  action: "task.deleted",
  targetType: "task",
  targetId: "one",
  outcome: "ok",
  meta: { before: { title: "A title", count: 1, done: false, due: null } },
  personal: { ip: "192.0.2.1", userAgent: "a browser" },
  ...changes,
});

/** Runs the log's functions on a connection instead of a transaction. */
export const tablesOn = (client: pg.ClientBase) =>
  ({
    $queryRaw: async (sql: TemplateStringsArray, ...parameters: unknown[]) => {
      const { text, values } = preparedOf(sql, parameters);
      return (await client.query(text, [...values])).rows as unknown;
    },
  }) as unknown as Statements;

/** Reads a workspace's whole log as the owner of the database. */
export async function logOf(client: pg.ClientBase, workspaceId: string): Promise<AuditPageRow[]> {
  await client.query(`SELECT set_config('app.workspace_id', $1, false)`, [workspaceId]);
  return auditPage(tablesOn(client), { afterSeq: 0, limit: 1_000_000 });
}

export const asOwnerOf = <T>({ name }: TestDatabase, work: (owner: pg.Client) => Promise<T>): Promise<T> =>
  withOwner({ ...inject("cluster").owner, database: name, options: "-c timezone=UTC" }, work);

export async function verdictOn(
  client: pg.ClientBase,
  workspaceId: string,
  more: Omit<ChainExpectations, "workspaceId"> = {},
) {
  return verifyChain(await logOf(client, workspaceId), { workspaceId, ...more });
}

/** Appends many entries in one statement, to create a long log. */
export async function plantEntries(client: pg.ClientBase, workspaceId: string, many: number): Promise<void> {
  await client.query(`SELECT set_config('app.workspace_id', $1, false)`, [workspaceId]);
  for (let done = 0; done < many; done += 5_000) {
    await client.query(
      `SELECT projo_audit_append((
         SELECT jsonb_agg(jsonb_build_object(
                  'id', gen_random_uuid(), 'actorKind', 'user', 'actorUserId', $1::uuid, 'action', 'task.deleted',
                  'targetType', 'task', 'targetId', n::text, 'outcome', 'ok', 'requestId', 'request-' || n,
                  'meta', jsonb_build_object('before', jsonb_build_object('title', 'Title "' || n || '" \\ é 😀', 'place', n)),
                  'personal', jsonb_build_object('ip', '192.0.2.' || n % 250)))
           FROM generate_series($2::int + 1, $3::int) AS n))`,
      [workspaceId, done, Math.min(done + 5_000, many)],
    );
  }
}

/** Pseudo-random integers that are the same in every run (mulberry32). @returns an integer from 0 to `limit` - 1 */
export function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (most) => {
    state = Math.trunc(state + 0x6d_2b_79_f5);
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

/** Yields every entry after a number, page by page. Each page is read in a separate transaction. */
export async function* auditRows(
  db: Pick<Db, "read">,
  grant: Grant<"audit:read">,
  { afterSeq, limit }: AuditPageInput = { afterSeq: 0, limit: 1_000 },
): AsyncGenerator<AuditPageRow> {
  for (let after = afterSeq; ;) {
    const page = await db.read(grant, ({ sql: { audit } }) => audit.page({ afterSeq: after, limit }));
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    after = last.seq;
  }
}
