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
    list: { input: () => ({}), filter: { search: "Notes" } },
    update: { input: ({ projectId }) => ({ id: projectId, name: "Sketches" }), measured: true },
  },
  fields: { id: "project" },
  things: {
    project: {
      of: ({ scene }) => scene.projectId,
      end: ({ endBy }) => endBy("projects.delete"),
      isRow: true,
    },
  },
  plant: ({ admin, workspaceId, newId }) => {
    const projectId = newId();
    return {
      scene: { projectId },
      rows: () => [
        {
          table: "projects",
          values: { id: projectId, workspace_id: workspaceId, name: "Notes", created_by: admin.id },
        },
      ],
    };
  },
});
