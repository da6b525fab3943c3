import type { RowFile } from "../kit/plant-workspace.ts";

export const row: RowFile["row"] = ({ workspaceId, ids }) => ({
  template: "invite",
  recipient: "guest@example.com",
  about_workspace_id: workspaceId,
  invite_id: ids["invites"],
});
