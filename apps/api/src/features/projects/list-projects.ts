import type { Page } from "../../rpc/cursors.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

export interface ListProjects extends Page {
  readonly search?: string | undefined;
}

/** Lists the projects of the workspace. @throws Failure cursor.invalid */
export async function listProjects({ db, cursors }: ReadWs<"project:read">, input: ListProjects) {
  const { limit, order, search } = input;
  const after = cursors.position(input);
  const projects = await db.sql.projects.list({ order, after, limit: limit + 1, search });
  return cursors.page(input, projects.map(toProject));
}
