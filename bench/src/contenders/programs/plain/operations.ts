// The operations of the servers without tRPC, parsed from the request by hand.
import { HttpError, type JsonRequest } from "./serve-json.ts";

export type Operation =
  | { readonly kind: "getTask"; readonly id: string }
  | { readonly kind: "getProject"; readonly id: string }
  | { readonly kind: "listTasks"; readonly status: string; readonly cursor: string | null }
  | { readonly kind: "createTask"; readonly projectId: string; readonly title: string };

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The number of tasks on a page. */
export const PAGE = 20;

export function operationOf({ method, path, query, body }: JsonRequest): Operation {
  const [, noun, id] = path.split("/", 3);
  if (method === "POST" && noun === "tasks") return { kind: "createTask", ...newTaskOf(body) };
  if (method !== "GET") throw new HttpError(405, "method");
  if (noun === "tasks" && id === undefined) {
    const cursor = query.get("cursor");
    return { kind: "listTasks", status: query.get("status") ?? "todo", cursor: cursor && idOf(cursor) };
  }
  if (noun === "tasks") return { kind: "getTask", id: idOf(id) };
  if (noun === "projects") return { kind: "getProject", id: idOf(id) };
  throw new HttpError(404, "path");
}

export function idOf(value: unknown): string {
  if (typeof value !== "string" || !UUID.test(value)) throw new HttpError(400, "id");
  return value;
}

function newTaskOf(body: unknown): { projectId: string; title: string } {
  if (typeof body !== "object" || body === null || !("projectId" in body && "title" in body)) {
    throw new HttpError(400, "task");
  }
  const { projectId, title } = body;
  if (typeof title !== "string" || title === "" || title.length > 200) throw new HttpError(400, "title");
  return { projectId: idOf(projectId), title };
}

const TASK = `"id", "project_id" AS "projectId", "title", "status", "created_by" AS "createdBy", "created_at" AS "createdAt"`;

/** The SQL statements. The first parameter of each is the workspace. */
export const statements = {
  getTask: `SELECT ${TASK} FROM public.tasks WHERE workspace_id = $1 AND id = $2`,
  getProject: `SELECT "id", "name", "created_by" AS "createdBy", "created_at" AS "createdAt"
                 FROM public.projects WHERE workspace_id = $1 AND id = $2`,
  listTasks: `SELECT ${TASK} FROM public.tasks
               WHERE workspace_id = $1 AND status = $2 AND id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
               ORDER BY id DESC LIMIT ${PAGE + 1}`,
  createTask: `INSERT INTO public.tasks (workspace_id, id, project_id, title, status, created_by)
               VALUES ($1, $2, $3, $4, 'todo', $5) RETURNING ${TASK}`,
} as const;

/** Returns one page of a list. `rows` has one additional row if there is a next page. */
export function pageOf<Row extends { readonly id: string }>(rows: readonly Row[]) {
  const items = rows.slice(0, PAGE);
  return { items, nextCursor: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
}
