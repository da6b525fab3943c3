import type { Page } from "../../rpc/cursors.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

export interface ListProjects extends Page {
  readonly search?: string | undefined;
}

/** Lists the projects of the workspace, newest first. @throws Failure cursor.invalid */
export async function listProjects({ db, cursors }: ReadWs<"project:read">, input: ListProjects) {
  const { limit, search } = input;
  const projects = await db.sql.projects.list({ after: cursors.after(input), limit: limit + 1, search });
  return cursors.page(input, projects.map(toProject));
}
