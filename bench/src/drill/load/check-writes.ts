// Compares the database with the ledger.
import { withOwner } from "@projostack/db";
import type { Owner } from "../stack/postgres.ts";
import type { InviteRecord, Ledger, TaskRecord } from "./ledger.ts";

export interface WritesCheck {
  /** The changes that were acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged changes that the database lacks. */
  readonly missing: string[];
  /** Changes that took effect twice, or without or with several audit entries. */
  readonly doubled: string[];
  /** Changes that took effect although the client was told that they did not. */
  readonly refusedButDone: string[];
}

interface TaskRow {
  readonly title: string;
  readonly many: number;
  readonly done: boolean;
}

export async function checkWrites(owner: Owner, { tasks, invites }: Ledger): Promise<WritesCheck> {
  return withOwner({ ...owner, options: "-c timezone=UTC" }, async (client) => {
    const { rows } = await client.query<TaskRow>(
      `SELECT title, count(*)::int AS many, bool_and(status = 'done') AS done FROM tasks
       WHERE title = ANY ($1) GROUP BY title`,
      [tasks.map(({ title }) => title)],
    );
    const ids = tasks.flatMap(({ id, delete: removed }) => (id !== null && removed !== null ? [id] : []));
    const entries = await client.query<{ id: string; many: number }>(
      `SELECT target_id::text AS id, count(*)::int AS many FROM audit_logs
       WHERE action = 'task.deleted' AND target_id::text = ANY ($1) GROUP BY target_id`,
      [ids],
    );
    const invited = await client.query<{ email: string; many: number }>(
      "SELECT email, count(*)::int AS many FROM invites WHERE email = ANY ($1) GROUP BY email",
      [invites.map(({ email }) => email)],
    );
    const found = new Map(rows.map((row) => [row.title, row]));
    const deletions = new Map(entries.rows.map(({ id, many }) => [id, many]));
    const invitedOnce = new Map(invited.rows.map(({ email, many }) => [email, many]));
    const check: WritesCheck = {
      acknowledged: tasks.reduce((sum, task) => sum + acknowledgedIn(task), 0) + acknowledgedInvites(invites),
      missing: [],
      doubled: [],
      refusedButDone: [],
    };
    for (const task of tasks)
      checkTask(task, found.get(task.title), deletions.get(task.id ?? "") ?? 0, check);
    for (const { email, create } of invites) {
      const many = invitedOnce.get(email) ?? 0;
      if (create === "acknowledged" && many === 0) check.missing.push(`the invite of ${email}`);
      if (many > 1) check.doubled.push(`the invite of ${email}`);
      if (create === "refused" && many > 0) check.refusedButDone.push(`the invite of ${email}`);
    }
    return check;
  });
}

const acknowledgedIn = ({ create, finish, delete: removed }: TaskRecord): number =>
  [create, finish, removed].filter((outcome) => outcome === "acknowledged").length;

const acknowledgedInvites = (invites: readonly InviteRecord[]): number =>
  invites.filter(({ create }) => create === "acknowledged").length;

function checkTask(task: TaskRecord, row: TaskRow | undefined, entries: number, check: WritesCheck): void {
  const { title, create, finish, delete: removed } = task;
  if ((row?.many ?? 0) > 1) check.doubled.push(`the task "${title}"`);
  if (create === "refused" && row) check.refusedButDone.push(`the task "${title}"`);
  if (create !== "acknowledged") return;
  if (removed === "acknowledged") {
    if (row) check.missing.push(`the deletion of "${title}"`);
    if (entries === 0) check.missing.push(`the audit entry of the deletion of "${title}"`);
  } else if (removed === "refused" && (!row || entries > 0)) {
    check.refusedButDone.push(`the deletion of "${title}"`);
  } else if (removed === null && !row) {
    check.missing.push(`the task "${title}"`);
  }
  if (entries > 1) check.doubled.push(`the audit entry of the deletion of "${title}"`);
  if (row && finish === "acknowledged" && !row.done) check.missing.push(`the new status of "${title}"`);
  if (row && finish === "refused" && row.done) check.refusedButDone.push(`the new status of "${title}"`);
}
