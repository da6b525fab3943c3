import { sample } from "@projostack/contract";
import { requestOf } from "../equality/requests.ts";
import { again, plantWorkspace } from "../kit/index.ts";
import { defineFixture, type Provoke } from "./fixture.ts";

/** The manifest of the import that runs in the workspace of a scene. */
const MANIFEST = sample.hash;
const NO_ROWS = { members: 0, invites: 0, serviceKeys: 0, projects: 0, tasks: 0, history: 0 };

const founding = { createdBy: sample.sourceFounderId, createdAt: sample.createdAt };

/** A request of the admin in the workspace with the import, or in another one. */
const asAdmin =
  (verb: string, input: object, place: "home" | "another" = "home"): Provoke =>
  async ({ both, callerSet: { admin, homeId } }) => {
    const { token } = await again(both, admin);
    const workspaceId = place === "home" ? homeId : await plantWorkspace(both, admin);
    return requestOf("mutation", `workspaceData.${verb}`, input, { token, workspaceId });
  };

const LINE = JSON.stringify({
  id: sample.sourceProjectId,
  name: "Letters",
  ...founding,
  updatedAt: null,
  version: 1,
});

const ROWS = { file: "projects", from: 0, lines: [LINE] };

export const fixture = defineFixture("workspaceData", {
  operations: {
    startExport: { input: () => ({}) },
    fingerprint: { input: () => ({}) },
    exportRows: { input: () => ({ table: "projects" }) },
    exportHistory: { input: () => ({}) },
    startImport: { input: () => ({ sourceId: sample.sourceId, manifest: MANIFEST }) },
    importRows: { input: () => ROWS },
    finishImport: {
      input: ({ workspaceName }) => ({ name: workspaceName, ...founding, rows: NO_ROWS }),
    },
    assignRows: { input: () => ({}) },
  },
  fields: {
    table: "value",
    file: "value",
    from: "value",
    after: "value",
    lines: "value",
    sourceId: "value",
    manifest: "value",
    createdBy: "value",
    createdAt: "value",
    rows: "value",
    ...Object.fromEntries(Object.keys(NO_ROWS).map((file) => [file, "value"])),
  },
  reasons: {
    "import.not_empty": asAdmin("startImport", { sourceId: sample.sourceId, manifest: "0".repeat(64) }),
    "import.not_running": asAdmin("importRows", ROWS, "another"),
    "import.gap": asAdmin("importRows", { ...ROWS, from: 7 }),
    "import.incomplete": asAdmin("finishImport", {
      name: "Moved",
      ...founding,
      rows: { ...NO_ROWS, tasks: 7 },
    }),
  },
  tidy: [
    "DELETE FROM imports WHERE workspace_id = $1",
    "DELETE FROM imported_authors WHERE workspace_id = $1",
    "DELETE FROM imported_records WHERE workspace_id = $1",
  ],
  plant: ({ workspaceId, newId }) => ({
    scene: {},
    rows: () => [
      {
        table: "imports",
        values: {
          id: newId(),
          workspace_id: workspaceId,
          source_id: sample.sourceId,
          manifest_hash: Buffer.from(MANIFEST, "hex"),
          salt: Buffer.alloc(32, 7),
        },
      },
      {
        table: "imported_records",
        values: { id: newId(), workspace_id: workspaceId, log: 1, line: 1, text: "{}" },
      },
    ],
  }),
});
