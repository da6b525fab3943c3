import type { Person } from "@projostack/api/testing";

/** What a workspace with one project contains. */
export interface WorkspaceData {
  readonly projectId: string;
  /** The ids of the tasks, in the order of their creation. */
  readonly taskIds: readonly string[];
}

/** Creates a project with tasks, up to 100 of them in one call. */
export async function createTasks(
  person: Person,
  workspaceId: string,
  project: string,
  titles: readonly string[],
): Promise<WorkspaceData> {
  const { data } = await person.call("projects.create", { name: project }, workspaceId);
  const projectId = String(data.id);
  const taskIds: string[] = [];
  for (let start = 0; start < titles.length; start += 100) {
    const items = titles.slice(start, start + 100).map((title) => ({ projectId, title }));
    const created = await person.call("tasks.createMany", { items }, workspaceId);
    taskIds.push(...(created.data.items as { id: string }[]).map(({ id }) => id));
  }
  return { projectId, taskIds };
}
