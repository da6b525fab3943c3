import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { describedEnum } from "../fields/described-enum.ts";
import { sessionId } from "../fields/ids.ts";
import { sample } from "../sample.ts";
import { dateTime, page, pageInput } from "../schemas.ts";

export const sessionMode = describedEnum(["bearer", "cookie"], {
  id: "SessionMode",
  description: "How the client holds the session.",
  values: {
    bearer: "The client has an access token and a refresh token.",
    cookie: "A browser has the session cookie.",
  },
});

export const device = z
  .object({
    id: sessionId,
    createdAt: dateTime.describe("The time of the sign-in."),
    lastUsedAt: dateTime.describe(
      "The time of the last call with the session, accurate to ten minutes, or to a day for a cookie session.",
    ),
    expiresAt: dateTime.describe(
      "The time at which the session ends: 14 days after its last refresh, and at most 30 days after the sign-in.",
    ),
    ip: z.string().nullable().describe("The IP address of the last refresh, or of the sign-in."),
    userAgent: z
      .string()
      .nullable()
      .describe("The `user-agent` header of the last refresh, or of the sign-in. Null if it had none."),
    mode: sessionMode
      .exactOptional()
      .describe("How the client holds the session. Servers before cookie sessions do not send it."),
    current: z.boolean().describe("True for the session with which this call was made."),
  })
  .meta({ id: "Device", description: "A session of the caller, with the device that uses it." });

export const sessions = {
  list: query({
    access: "session",
    cost: costs.list,
    summary: "Lists the sessions of the caller, newest first.",
    details: "It contains only sessions that have not ended. It contains no tokens.",
    input: z.strictObject(pageInput).default({ limit: 20 }),
    output: page(device),
    example: {
      input: { limit: 100 },
      output: {
        items: [
          {
            id: sample.sessionId,
            createdAt: sample.createdAt,
            lastUsedAt: sample.changedAt,
            expiresAt: sample.expiresAt,
            ip: null,
            userAgent: null,
            mode: "bearer",
            current: false,
          },
        ],
        nextCursor: null,
      },
    },
    errors: ["cursor.invalid"],
  }),
  revoke: mutation({
    access: "session",
    cost: costs.recorded,
    records: "session.revoked",
    repetition: "replayed",
    summary: "Ends a session of the caller, for example on a lost device.",
    details:
      "All tokens of the session stop working with the next call. It may be the session of this call itself.",
    input: z.strictObject({ id: sessionId }),
    output: z.object({ id: sessionId.describe("The id of the ended session.") }),
    example: { input: { id: sample.sessionId }, output: { id: sample.sessionId } },
    errors: ["session.not_found"],
  }),
};
