import { z } from "zod";
import { costs } from "../cost.ts";
import { query } from "../define.ts";
import { noInput } from "../schemas.ts";

export const system = {
  health: query({
    access: "public",
    cost: costs.read,
    summary: "Shows that the server responds, and returns its version.",
    input: noInput,
    output: z.object({ status: z.literal("ok"), version: z.string() }),
  }),
};
