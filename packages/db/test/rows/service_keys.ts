import type { RowFile } from "../kit/plant-workspace.ts";

export const row: RowFile["row"] = () => ({ role: "viewer", scopes: ["task:read"] });
