import type { RowFile } from "../kit/plant-workspace.ts";

export const row: RowFile["row"] = () => ({ status: "todo", external_id: "one" });
