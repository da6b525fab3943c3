import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { dateTime, id, page, pageInput } from "../schemas.ts";

export const device = z
  .object({
    id,
    createdAt: dateTime,
    lastUsedAt: dateTime.describe("Accurate to ten minutes."),
    expiresAt: dateTime,
    ip: z.string().nullable().describe("The IP address of the last refresh."),
    userAgent: z.string().nullable(),
    current: z.boolean().describe("Whether this call uses the session."),
  })
  .meta({ id: "Device" });

export const sessions = {
  list: query({
    access: "session",
    cost: costs.list,
    summary: "Lists the caller's sessions, newest first.",
    input: z.strictObject(pageInput).default({ limit: 20 }),
    output: page(device),
    errors: ["cursor.invalid"],
  }),
  revoke: mutation({
    access: "session",
    cost: costs.recorded,
    records: "session.revoked",
    summary: "Ends a session of the caller.",
    input: z.strictObject({ id }),
    output: z.object({ id }),
    errors: ["session.not_found"],
  }),
};
