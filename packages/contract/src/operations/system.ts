import { z } from "zod";
import { costs } from "../cost.ts";
import { query } from "../define.ts";
import { sample } from "../sample.ts";
import { count, noInput } from "../schemas.ts";

export const system = {
  health: query({
    access: "public",
    cost: costs.read,
    summary: "Shows that the server answers, and returns its version and the minimum length of passwords.",
    details: "It does not check the database. For probes of a load balancer, use `/livez` and `/readyz`.",
    input: noInput,
    output: z.object({
      status: z.literal("ok").describe("Always `ok`."),
      version: z.string().describe("The version of the server, such as `0.1.0`."),
      passwordMinLength: count.describe("The minimum length of a new password in characters."),
    }),
    example: { input: {}, output: { status: "ok", version: sample.version, passwordMinLength: 15 } },
  }),
};
