// The data access of all contenders with Prisma, independent of how they authenticate the caller.
import { TRPCError } from "@trpc/server";
import { v7 } from "uuid";
import type { z } from "zod";
import { task, type createInput, type listInput } from "./schemas.ts";

interface TaskRow {
  readonly id: string;
  readonly projectId: string;
  readonly title: string;
  readonly status: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

interface Of<Where> {
  where: Where;
}

/** The part of a Prisma client that the operations need, common to the clients of all schemas. */
export interface TenantTables {
  readonly task: {
    findFirst(args: Of<{ workspaceId: string; id: string }>): PromiseLike<TaskRow | null>;
    findMany(
      args: Of<{ workspaceId: string; status?: string; id?: { lt: string } }> & {
        orderBy: { id: "desc" };
        take: number;
      },
    ): PromiseLike<TaskRow[]>;
    create(args: { data: Omit<TaskRow, "createdAt"> & { workspaceId: string } }): PromiseLike<TaskRow>;
  };
  readonly project: {
    findFirst(args: Of<{ workspaceId: string; id: string }>): PromiseLike<ProjectRow | null>;
  };
}

/** The workspace and the user of a call. */
export interface WorkspaceScope {
  readonly tables: TenantTables;
  readonly workspaceId: string;
  readonly userId: string;
}

export async function getTask({ tables, workspaceId }: WorkspaceScope, id: string) {
  return toTask(found(await tables.task.findFirst({ where: { workspaceId, id } })));
}

export async function getProject({ tables, workspaceId }: WorkspaceScope, id: string) {
  const row = found(await tables.project.findFirst({ where: { workspaceId, id } }));
  return { ...row, createdAt: row.createdAt.toISOString() };
}

export async function listTasks(
  { tables, workspaceId }: WorkspaceScope,
  { limit, cursor, status }: z.infer<typeof listInput>,
) {
  const rows = await tables.task.findMany({
    where: { workspaceId, ...(status && { status }), ...(cursor !== undefined && { id: { lt: cursor } }) },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map(toTask);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export async function createTask(
  { tables, workspaceId, userId }: WorkspaceScope,
  input: z.infer<typeof createInput>,
) {
  const data = { id: v7(), workspaceId, createdBy: userId, status: "todo", ...input };
  return toTask(await tables.task.create({ data }));
}

function found<Row>(row: Row | null): Row {
  if (row === null) throw new TRPCError({ code: "NOT_FOUND" });
  return row;
}

function toTask(row: TaskRow) {
  const status = task.shape.status.options.find((known) => known === row.status);
  if (status === undefined) throw new TypeError(`There is no status ${row.status}.`);
  return { ...row, status, createdAt: row.createdAt.toISOString() };
}
