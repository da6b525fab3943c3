import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { dateTime, id, page, pageInput } from "../schemas.ts";

export const device = z
  .object({
    id,
    createdAt: dateTime,
    lastUsedAt: dateTime.describe("To within ten minutes."),
    expiresAt: dateTime,
    ip: z.string().nullable().describe("The address it was last refreshed from."),
    userAgent: z.string().nullable(),
    current: z.boolean().describe("Whether it is the session of this call."),
  })
  .meta({ id: "Device" });

export const sessions = {
  list: query({
    access: "session",
    cost: costs.list,
    summary: "Where the caller is signed in, newest first.",
    input: z.strictObject(pageInput).default({ limit: 20 }),
    output: page(device),
    errors: ["cursor.invalid"],
  }),
  revoke: mutation({
    access: "session",
    cost: costs.recorded,
    records: "session.revoked",
    summary: "Ends one of the caller's sessions.",
    input: z.strictObject({ id }),
    output: z.object({ id }),
    errors: ["session.not_found"],
  }),
};
