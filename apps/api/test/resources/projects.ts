import { requestOf } from "../equality/requests.ts";
import { again } from "../kit/index.ts";
import { defineFixture } from "./fixture.ts";

declare module "./scene.ts" {
  interface Scene {
    readonly projectId: string;
  }
}

export const fixture = defineFixture("projects", {
  operations: {
    create: { input: () => ({ name: "Notes" }) },
    delete: { input: ({ projectId }) => ({ id: projectId }) },
    findOrCreate: { input: () => ({ name: "Letters" }) },
    get: { input: ({ projectId }) => ({ id: projectId }) },
    list: { input: () => ({}), filter: { search: "Website" } },
    update: { input: ({ projectId }) => ({ id: projectId, name: "Sketches" }), measured: true },
  },
  fields: { id: "project", include: "value" },
  things: {
    project: {
      of: ({ scene }) => scene.projectId,
      end: ({ endBy }) => endBy("projects.delete"),
      isRow: true,
    },
  },
  reasons: {
    "project.version_conflict": async ({ both, callerSet: { admin, homeId }, scene: { projectId } }) =>
      requestOf(
        "mutation",
        "projects.update",
        { id: projectId, name: "Looms", expectedVersion: 1_000 },
        { token: (await again(both, admin)).token, workspaceId: homeId },
      ),
  },
  plant: ({ admin, workspaceId, newId }) => {
    const projectId = newId();
    return {
      scene: { projectId },
      rows: () => [
        {
          table: "projects",
          values: { id: projectId, workspace_id: workspaceId, name: "Website", created_by: admin.id },
        },
      ],
    };
  },
});
