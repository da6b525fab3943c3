// Checks a dump without a database: it reads the SQL of a dump as a stream, counts the rows of every table, and compares each
// audit log with its head. A dump that row-level security filtered has no error, but fails this check.

export interface DumpReport {
  /** The number of rows, by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** What the dump lacks. Empty if it is complete. */
  readonly problems: readonly string[];
}

/** @param lines the lines of the dump as SQL, in their order */
export async function checkDump(lines: AsyncIterable<string>): Promise<DumpReport> {
  const content = new DumpContent();
  for await (const line of lines) content.read(line);
  return { rows: content.rows, problems: problemsOf(content) };
}

const CREATE_TABLE = /^CREATE TABLE public\.(\w+) \(/;
const COPY = /^COPY public\.(\w+) \((.*)\) FROM stdin;$/;
const END_OF_DATA = "\\.";

class DumpContent {
  readonly tables = new Set<string>();
  readonly rows = new Map<string, number>();
  readonly workspaces = new Set<string>();
  /** The workspaces of the rows, by table. */
  readonly workspacesOf = new Map<string, Set<string>>();
  /** The number of the last entry, by workspace. */
  readonly heads = new Map<string, number>();
  /** The number of entries, by workspace. */
  readonly entries = new Map<string, number>();
  isComplete = false;
  #table: string | null = null;
  #columns: ReadonlyMap<string, number> = new Map();

  read(line: string): void {
    if (this.#table !== null) {
      if (line === END_OF_DATA) this.#table = null;
      else this.#readRow(this.#table, line);
      return;
    }
    this.isComplete ||= line === "-- PostgreSQL database dump complete";
    const [, created] = CREATE_TABLE.exec(line) ?? [];
    if (created !== undefined) this.tables.add(created);
    const [, table, columns = ""] = COPY.exec(line) ?? [];
    if (table === undefined) return;
    this.#table = table;
    this.#columns = new Map(columns.split(", ").map((column, at) => [column.replaceAll('"', ""), at]));
    this.rows.set(table, 0);
  }

  #readRow(table: string, line: string): void {
    this.rows.set(table, (this.rows.get(table) ?? 0) + 1);
    const keyColumn = this.#columns.get(table === "workspaces" ? "id" : "workspace_id");
    if (keyColumn === undefined) return;
    const values = line.split("\t");
    const workspace = values[keyColumn] ?? "";
    if (table === "workspaces") this.workspaces.add(workspace);
    else if (table === "audit_heads") {
      this.heads.set(workspace, Number(values[this.#columns.get("seq") ?? -1]));
    } else if (table === "audit_logs") this.entries.set(workspace, (this.entries.get(workspace) ?? 0) + 1);
    else this.workspacesOf.set(table, (this.workspacesOf.get(table) ?? new Set()).add(workspace));
  }
}

function problemsOf(content: DumpContent): string[] {
  const { tables, rows, workspaces, heads, entries, workspacesOf } = content;
  if (!tables.has("workspaces")) return ["It is not a dump of a database of ProjoStack."];
  const without = [...tables].filter((table) => !rows.has(table)).toSorted();
  if (without.length > 0) return [`It has no data of ${without.join(", ")}.`];
  const accounts = rows.get("users") ?? 0;
  if (accounts === 0) return ["It has no account."];
  if (workspaces.size === 0) return [`It has ${accounts} accounts and no workspace. ${FILTERED}`];
  const foreign = [...workspacesOf].filter(
    ([table, ids]) => table !== "audit_denials" && [...ids].some(isMissing),
  );
  function isMissing(id: string): boolean {
    return id !== "\\N" && !workspaces.has(id);
  }
  const counted = new Set([...heads.keys(), ...entries.keys(), ...workspaces]);
  const broken = [...counted].filter((id) => (heads.get(id) ?? -1) !== (entries.get(id) ?? 0));
  return [
    ...(content.isComplete ? [] : ["It ends before its end: the dump was interrupted, or the file was cut."]),
    ...foreign.map(
      ([table]) => `The table ${table} has rows of workspaces that the dump does not contain. ${FILTERED}`,
    ),
    ...first(broken).map((id) => logProblem(id, heads.get(id), entries.get(id) ?? 0)),
  ];
}

const FILTERED = "Row-level security hid rows: make the dump with --role=projo_backup.";

function logProblem(id: string, end: number | undefined, entries: number): string {
  return end === undefined
    ? `The audit log of the workspace ${id} has no end. ${FILTERED}`
    : `The audit log of the workspace ${id} ends at entry ${end}, but the dump contains ${entries} entries. ${FILTERED}`;
}

/** A filtered dump has the same problem in every workspace. */
const first = (ids: readonly string[]): string[] => ids.slice(0, 5);
