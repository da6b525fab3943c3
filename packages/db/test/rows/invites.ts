import type { RowFile } from "../kit/plant-workspace.ts";

export const row: RowFile["row"] = () => ({ email: "guest@example.com", role: "viewer" });
