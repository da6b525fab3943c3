// Compares two exports of one workspace, before and after an import: they must be equal but for ids and the times at which people
// joined and were invited here. Two exports of the same workspace on the same server are compared too.
import { parseObject, type JsonObject } from "../audit/json.ts";
import type { ExportDirectory } from "./export-directory.ts";
import { AUDIT, historyFile, tableFiles, tables } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import type { WorkspaceTable } from "@projostack/sdk";

export interface Export {
  readonly directory: ExportDirectory;
  readonly manifest: Manifest;
}

export interface Difference {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const MOST_DIFFERENCES = 20;

/** @returns the first differences; none when the exports are equal */
export async function compareExports(before: Export, after: Export): Promise<Difference[]> {
  const differences: Difference[] = [];
  const ids = new Ids();
  if (before.manifest.workspace.name !== after.manifest.workspace.name)
    differences.push({ file: "manifest.json", line: 1, message: "The names of the workspaces differ." });
  const members = await compareMembers(before, after, { ids, differences });
  for (const table of tables) {
    if (table === "members") continue;
    const [left, right] = await Promise.all([rowsOf(before, table), rowsOf(after, table)]);
    const compared: Rows =
      table === "invites"
        ? withJoiningRoles([left, withoutOwn(left, right, members)], members)
        : [left, right];
    compareRows(table, compared, { ids, differences });
    if (differences.length >= MOST_DIFFERENCES) break;
  }
  await compareLogs(before, after, differences);
  return differences.slice(0, MOST_DIFFERENCES);
}

/** Pairs of ids that stand for the same thing. */
class Ids {
  readonly #after = new Map<string, string>();
  readonly #before = new Map<string, string>();

  /** Returns whether the two ids can be those of one thing. */
  match(before: string, after: string): boolean {
    const [known, other] = [this.#after.get(before), this.#before.get(after)];
    if (known !== undefined || other !== undefined) return known === after && other === before;
    this.#after.set(before, after);
    this.#before.set(after, before);
    return true;
  }
}

interface Found {
  readonly ids: Ids;
  readonly differences: Difference[];
}

async function rowsOf({ directory }: Export, table: WorkspaceTable): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  for await (const { text } of directory.lines(tableFiles[table])) rows.push(parseObject(text) ?? {});
  return rows;
}

type Rows = readonly [readonly JsonObject[], readonly JsonObject[]];

/** The roles of the members of the first export, by their addresses. */
type Members = ReadonlyMap<unknown, unknown>;

/** People join in another order, so they are compared by their addresses. */
async function compareMembers(before: Export, after: Export, { ids, differences }: Found): Promise<Members> {
  const file = tableFiles.members;
  const joined = new Map((await rowsOf(after, "members")).map((member) => [member["email"], member]));
  const roles = new Map<unknown, unknown>();
  for (const [at, member] of (await rowsOf(before, "members")).entries()) {
    const { email } = member;
    roles.set(email, member["role"]);
    const other = joined.get(email);
    joined.delete(email);
    const same =
      other !== undefined &&
      other["role"] === member["role"] &&
      ids.match(String(member["userId"]), String(other["userId"]));
    if (!same)
      differences.push({
        file,
        line: at + 1,
        message: other ? `${String(email)} has another role or id.` : `${String(email)} has not joined.`,
      });
  }
  for (const email of joined.keys())
    differences.push({ file, line: 0, message: `${String(email)} is a member only in the second export.` });
  return roles;
}

/** Leaves out the invites by which members joined here, which the first export does not have. */
function withoutOwn(
  left: readonly JsonObject[],
  right: readonly JsonObject[],
  members: Members,
): readonly JsonObject[] {
  const known = new Set(left.map((row) => invitation(row)));
  return right.filter((row) => known.has(invitation(row)) || !members.has(row["email"]));
}

/**
 * An import opens the last accepted invite of an absent member again, with the present role of the member. The result has this role in
 * the first export too, where the second one has it.
 */
function withJoiningRoles([left, right]: Rows, members: Members): Rows {
  const last = new Map(left.filter((row) => row["usedAt"] !== null).map((row) => [row["email"], row]));
  const joined = left.map((row, at) => {
    const role = right[at]?.["role"] ?? null;
    const isReopened = last.get(row["email"]) === row && members.get(row["email"]) === role;
    return isReopened ? { ...row, role } : row;
  });
  return [joined, right];
}

const invitation = (row: JsonObject): string => `${String(row["email"])} ${String(row["createdAt"])}`;

/** The times that change when an invite is sent and accepted here. */
const OWN_TIMES: ReadonlySet<string> = new Set(["usedAt", "expiresAt"]);
/** An admin who sends an invite again becomes its inviter. */
const OWN_PEOPLE: ReadonlySet<string> = new Set(["invitedBy"]);

function compareRows(table: WorkspaceTable, [left, right]: Rows, { ids, differences }: Found): void {
  const file = tableFiles[table];
  if (left.length !== right.length)
    differences.push({
      file,
      line: Math.min(left.length, right.length) + 1,
      message: `Rows in the first export: ${left.length}, in the second: ${right.length}.`,
    });
  for (const [at, row] of left.entries()) {
    const other = right[at];
    if (!other || differences.length >= MOST_DIFFERENCES) return;
    const names = Object.keys({ ...row, ...other });
    const different = names.find((name) => !isSame(table, name, { row, other, ids }));
    if (different !== undefined)
      differences.push({
        file,
        line: at + 1,
        message: `${different} is ${JSON.stringify(row[different])} and ${JSON.stringify(other[different])}.`,
      });
  }
}

interface Pair {
  readonly row: JsonObject;
  readonly other: JsonObject;
  readonly ids: Ids;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isSame(table: WorkspaceTable, name: string, { row, other, ids }: Pair): boolean {
  const [left, right] = [row[name], other[name]];
  // A revoked invite cannot be sent again.
  if (table === "invites" && row["revokedAt"] === null && (OWN_TIMES.has(name) || OWN_PEOPLE.has(name)))
    return (left === null) === (right === null);
  const isId =
    name !== "externalId" && typeof left === "string" && typeof right === "string" && UUID.test(left);
  return isId ? ids.match(left, right) : JSON.stringify(left) === JSON.stringify(right);
}

/** The logs of the first export, and the last of them its own log, are the earlier logs of the second export. */
async function compareLogs(before: Export, after: Export, differences: Difference[]): Promise<void> {
  if (before.manifest.workspace.id === after.manifest.workspace.id) {
    await compareOwnLogs(before, after, differences);
    return;
  }
  for (let log = 1; ; log += 1) {
    const isLast = !(historyFile(log) in before.manifest.files);
    const file = isLast ? AUDIT : historyFile(log);
    const [left, right] = [before.manifest.files[file], after.manifest.files[historyFile(log)]];
    if (left?.sha256 !== right?.sha256)
      differences.push({
        file,
        line: 0,
        message: `It is not ${historyFile(log)} of the second export.`,
      });
    if (isLast) return;
  }
}

/** Without an import between two exports, the log has only grown: the second export begins with the entries of the first one. */
async function compareOwnLogs(before: Export, after: Export, differences: Difference[]): Promise<void> {
  const files = Object.keys({ ...before.manifest.files, ...after.manifest.files });
  for (const file of files.filter((name) => name.startsWith("history-")))
    if (before.manifest.files[file]?.sha256 !== after.manifest.files[file]?.sha256)
      differences.push({ file, line: 0, message: "It is not the same in both exports." });
  const entries = after.directory.lines(AUDIT);
  let line = 0;
  for await (const { text } of before.directory.lines(AUDIT)) {
    line += 1;
    const { value: other } = await entries.next();
    // The header and the footer contain the time of the export.
    const isEntry = parseObject(text)?.["hash"] !== undefined;
    if (isEntry && other?.text !== text) {
      const message =
        other && parseObject(other.text)?.["hash"] !== undefined
          ? "The entry is not the same in both exports."
          : "The second export does not have this entry. Give the older export first.";
      differences.push({ file: AUDIT, line, message });
      return;
    }
  }
}
