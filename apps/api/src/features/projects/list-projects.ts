import type { Page } from "../../rpc/cursors.ts";
import { containsText } from "../../rpc/contains-text.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

export interface ListProjects extends Page {
  readonly search?: string | undefined;
}

/** Lists the projects of the workspace, newest first. @throws Failure cursor.invalid */
export async function listProjects({ db, cursors }: ReadWs<"project:read">, input: ListProjects) {
  const after = cursors.after(input);
  const projects = await db.project.findMany({
    where: {
      ...(after === undefined ? {} : { id: { lt: after } }),
      ...(input.search === undefined ? {} : { name: containsText(input.search) }),
    },
    orderBy: { id: "desc" },
    take: input.limit + 1,
  });
  return cursors.page(input, projects.map(toProject));
}
