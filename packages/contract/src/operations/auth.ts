import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { dateTime, email, id, newPassword, noInput, password, token } from "../schemas.ts";

export const user = z
  .object({
    id,
    email: z.string(),
    emailVerifiedAt: dateTime.nullable().describe("Null until the address has been shown to be theirs."),
    createdAt: dateTime,
  })
  .meta({ id: "User" });

export const session = z
  .object({
    id,
    createdAt: dateTime,
    expiresAt: dateTime.describe("Later with each use, up to 30 days after signing in."),
    currentWorkspaceId: id.nullable().describe("Used by calls that do not send x-workspace-id."),
  })
  .meta({ id: "Session" });

const tokens = {
  accessToken: z.string().describe("Send it as `authorization: Bearer <token>`. Good for ten minutes."),
  accessTokenExpiresAt: dateTime,
  refreshToken: z.string().describe("Good for one auth.refresh, which gives the next. Keep it secret."),
};

export const signedIn = z.object({ user, session, ...tokens }).meta({ id: "SignedIn" });

export const refreshed = z.object({ session, ...tokens }).meta({ id: "Refreshed" });

export const auth = {
  signUp: mutation({
    access: "public",
    cost: costs.password,
    records: "account.created",
    summary: "Makes an account, signs it in, and mails a link that verifies the address.",
    input: z.strictObject({ email, password: newPassword }),
    output: signedIn,
    errors: ["auth.email_taken"],
  }),
  signIn: mutation({
    access: "public",
    cost: costs.password,
    records: "session.started",
    summary: "Signs in with email and password.",
    input: z.strictObject({ email, password }),
    output: signedIn,
    errors: ["auth.invalid_credentials"],
  }),
  refresh: mutation({
    access: "public",
    cost: costs.write,
    records: { nothing: "a session goes on as it was; an old token used again is recorded as token.reused" },
    summary:
      "Gives fresh tokens for a refresh token. The same token again gives the same successor while that is unused or half a minute young; an older one ends the session.",
    input: z.strictObject({ refreshToken: token }),
    output: refreshed,
    errors: ["auth.unauthenticated", "auth.token_reused"],
  }),
  signOut: mutation({
    access: "public",
    cost: costs.write,
    records: "session.ended",
    summary:
      "Ends the session of the bearer's token, or of the refresh token. One that is no longer valid is no error.",
    input: z.strictObject({ refreshToken: token.optional() }).default({}),
    output: z.object({}),
  }),
  signOutEverywhere: mutation({
    access: "session",
    cost: costs.recorded,
    records: "sessions.ended",
    summary: "Ends every session of the caller, this one too.",
    input: noInput,
    output: z.object({ ended: z.int().describe("How many sessions ended.") }),
  }),
  me: query({
    access: "session",
    cost: costs.read,
    summary: "Who is signed in, and with which session.",
    input: noInput,
    output: z.object({ user, session }),
  }),
};
