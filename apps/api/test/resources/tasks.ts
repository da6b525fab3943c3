import { requestOf } from "../equality/requests.ts";
import { again } from "../kit/index.ts";
import { defineFixture } from "./fixture.ts";

declare module "./scene.ts" {
  interface Scene {
    readonly taskId: string;
  }
}

export const fixture = defineFixture("tasks", {
  operations: {
    create: { input: ({ projectId }) => ({ projectId, title: "Note G" }), measured: true },
    createMany: { input: ({ projectId }) => ({ items: [{ projectId, title: "Note G" }] }) },
    delete: { input: ({ taskId }) => ({ id: taskId }) },
    get: { input: ({ taskId }) => ({ id: taskId }), measured: true },
    list: { input: () => ({}), filter: { status: "todo" }, measured: true },
    update: { input: ({ taskId }) => ({ id: taskId, status: "done" }), measured: true },
  },
  fields: {
    id: "task",
    createdBy: "actor",
    title: "value",
    externalId: "value",
    include: "value",
    idPrefix: "value",
  },
  things: {
    task: { of: ({ scene }) => scene.taskId, end: ({ endBy }) => endBy("tasks.delete"), isRow: true },
  },
  reasons: {
    "task.version_conflict": async ({ both, callerSet: { admin, homeId }, scene: { taskId } }) =>
      requestOf(
        "mutation",
        "tasks.update",
        { id: taskId, status: "done", expectedVersion: 1_000 },
        { token: (await again(both, admin)).token, workspaceId: homeId },
      ),
  },
  plant: ({ admin, workspaceId, newId }) => {
    const taskId = newId();
    return {
      scene: { taskId },
      rows: ({ projectId }) => [
        {
          table: "tasks",
          values: {
            id: taskId,
            workspace_id: workspaceId,
            project_id: projectId,
            title: "Write the release notes",
            status: "todo",
            created_by: admin.id,
          },
        },
      ],
    };
  },
});
