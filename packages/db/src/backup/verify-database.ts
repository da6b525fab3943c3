// Verifies a database as projo_backup: every row must be visible, and every audit log must be intact up to its head. It is run
// on a restored database before servers use it, and on a living database to see that a backup will be complete.
import pg from "pg";
import { BACKUP_ROLE } from "../migrations/backup-rights.ts";
import {
  verifyChain,
  type AuditRow,
  type ChainPoint,
  type PersonalRecord,
} from "../tenant/audit/verify-chain.ts";

export interface DatabaseReport {
  /** The number of rows, by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** The number of workspaces with an audit log. The log outlives its workspace. */
  readonly logs: number;
  readonly entries: number;
  /** The hidden and damaged parts. Empty if the database is complete and intact. */
  readonly problems: readonly string[];
}

const TABLES = `
  SELECT c.relname::text AS name, c.relrowsecurity AND NOT r.rolbypassrls AND NOT EXISTS (
           SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'backup' AND p.polpermissive
              AND p.polroles = ARRAY[r.oid] AND pg_get_expr(p.polqual, c.oid) = 'true') AS "isFiltered",
         NOT r.rolbypassrls AS "usesPolicies",
         NOT c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS "isOpen"
    FROM pg_class c, pg_roles r
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND r.rolname = '${BACKUP_ROLE}'
   ORDER BY 1`;

const HEADS = `SELECT workspace_id::text AS id, seq::float8 AS seq, encode(hash, 'hex') AS hash FROM audit_heads ORDER BY workspace_id`;

const ENTRIES = `
  DECLARE entries NO SCROLL CURSOR FOR
  SELECT workspace_id::text AS id, projo_audit_text(entry) AS text, encode(hash, 'hex') AS hash, personal_json AS personal
    FROM audit_logs AS entry ORDER BY workspace_id, seq`;

/** @param client a connection of the login for backups. It reads everything in one snapshot */
export async function verifyDatabase(client: pg.ClientBase): Promise<DatabaseReport> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    // statement_timeout could end the count of a large table.
    await client.query(
      `SET LOCAL ROLE ${BACKUP_ROLE}; SET LOCAL search_path = public; SET LOCAL statement_timeout = 0`,
    );
    const { rows: tables } = await client.query<TableFacts>(TABLES);
    const hidden = tables.filter(({ isFiltered }) => isFiltered).map(({ name }) => name);
    if (hidden.length > 0) {
      const problem = `Row-level security hides the rows of ${hidden.join(", ")} from ${BACKUP_ROLE}. Run \`projostack backup-role\` again.`;
      return { rows: new Map(), logs: 0, entries: 0, problems: [problem] };
    }
    // With this setting PostgreSQL reports an error where a policy would hide rows.
    if (!tables.some(({ usesPolicies }) => usesPolicies)) await client.query("SET LOCAL row_security = off");
    const rows = new Map<string, number>();
    for (const { name } of tables) rows.set(name, await countOf(client, name));
    const { problems, ...verified } = await verifyLogs(client);
    return {
      rows,
      ...verified,
      problems: [...tables.filter(({ isOpen }) => isOpen).map(openProblem), ...problems],
    };
  } finally {
    await client.query("ROLLBACK");
  }
}

interface TableFacts {
  readonly name: string;
  /** Whether policies hide rows from the role. */
  readonly isFiltered: boolean;
  readonly usesPolicies: boolean;
  /** Whether its policies have no effect, because row-level security is not enabled. */
  readonly isOpen: boolean;
}

const openProblem = ({ name }: TableFacts): string =>
  `Row-level security is not enabled on ${name}, which has policies. Restore the whole dump.`;

async function countOf(client: pg.ClientBase, table: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::float8 AS count FROM ${pg.escapeIdentifier(table)}`,
  );
  return rows[0]?.count ?? 0;
}

async function verifyLogs(
  client: pg.ClientBase,
): Promise<Pick<DatabaseReport, "logs" | "entries" | "problems">> {
  const { rows: heads } = await client.query<ChainPoint & { id: string }>(HEADS);
  await client.query(ENTRIES);
  const entries = new EntryReader(client);
  const problems: string[] = [];
  let verified = 0;
  for (const { id, ...head } of heads) {
    for (
      let found = await entries.peek();
      found !== undefined && found.id < id;
      found = await entries.skip()
    ) {
      problems.push(`The audit log of the workspace ${found.id} has no head.`);
    }
    const checkpoints = head.seq === 0 ? [] : [head];
    const verdict = await verifyChain(entries.of(id), { workspaceId: id, checkpoints });
    if (!verdict.intact) problems.push(`The audit log of the workspace ${id}: ${verdict.message}`);
    else if (verdict.lastSeq > head.seq) {
      problems.push(`The audit log of the workspace ${id} has entries after its head, entry ${head.seq}.`);
    } else verified += verdict.entries;
    await entries.skip(id);
  }
  const rest = await entries.peek();
  if (rest !== undefined) problems.push(`The audit log of the workspace ${rest.id} has no head.`);
  return { logs: heads.length, entries: verified, problems };
}

type Entry = AuditRow & { readonly id: string; readonly personal: PersonalRecord | null };

/** Reads the entries of all workspaces from the cursor, one workspace after another. */
class EntryReader {
  readonly #client: pg.ClientBase;
  #page: Entry[] = [];
  #at = 0;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** @returns the next entry, or undefined at the end */
  async peek(): Promise<Entry | undefined> {
    if (this.#at === this.#page.length) {
      this.#page = (await this.#client.query<Entry>("FETCH 1000 FROM entries")).rows;
      this.#at = 0;
    }
    return this.#page[this.#at];
  }

  async *of(id: string): AsyncGenerator<AuditRow> {
    for (let entry = await this.peek(); entry?.id === id; entry = await this.peek()) {
      this.#at += 1;
      yield entry;
    }
  }

  /** Leaves out the entries of a workspace, by default of the next one. @returns the next entry */
  async skip(id = this.#page[this.#at]?.id): Promise<Entry | undefined> {
    let entry = await this.peek();
    for (; entry !== undefined && entry.id === id; entry = await this.peek()) this.#at += 1;
    return entry;
  }
}
