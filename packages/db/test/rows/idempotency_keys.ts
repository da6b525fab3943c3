import type { RowFile } from "../kit/plant-workspace.ts";

export const row: RowFile["row"] = () => ({ fingerprint: Buffer.alloc(16, 7), answer: null, created: null });
