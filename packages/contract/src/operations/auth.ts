import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { accountEmail, dateTime, email, id, newPassword, noInput, password, token } from "../schemas.ts";

export const user = z
  .object({
    id,
    email: z.string(),
    emailVerifiedAt: dateTime.nullable().describe("Null until the user has verified the address."),
    createdAt: dateTime,
  })
  .meta({ id: "User" });

export const session = z
  .object({
    id,
    createdAt: dateTime,
    expiresAt: dateTime.describe("Each refresh extends it, up to 30 days after sign-in."),
    currentWorkspaceId: id.nullable().describe("The workspace of calls without the x-workspace-id header."),
  })
  .meta({ id: "Session" });

const tokens = {
  accessToken: z.string().describe("Send it as `authorization: Bearer <token>`. Valid for ten minutes."),
  accessTokenExpiresAt: dateTime,
  refreshToken: z
    .string()
    .describe("Valid for one call of auth.refresh, which returns the next one. Keep it secret."),
};

export const signedIn = z.object({ user, session, ...tokens }).meta({ id: "SignedIn" });

export const refreshed = z.object({ session, ...tokens }).meta({ id: "Refreshed" });

export const auth = {
  signUp: mutation({
    access: "public",
    cost: costs.password,
    records: "account.created",
    summary: "Creates an account, signs it in, and mails a link that verifies the address.",
    input: z.strictObject({ email, password: newPassword }),
    output: signedIn,
    errors: ["auth.email_taken"],
  }),
  signIn: mutation({
    access: "public",
    cost: costs.password,
    records: "session.started",
    summary: "Signs in with an email address and a password.",
    input: z.strictObject({ email: accountEmail, password }),
    output: signedIn,
    errors: ["auth.invalid_credentials"],
  }),
  refresh: mutation({
    access: "public",
    cost: costs.write,
    records: { nothing: "it continues a session; reuse of an old token is recorded as token.reused" },
    summary:
      "Exchanges a refresh token for new tokens. A repeated call with the same token returns the same refresh token, while that one is unused or at most 30 seconds old. An older token ends the session.",
    input: z.strictObject({ refreshToken: token }),
    output: refreshed,
    errors: ["auth.unauthenticated", "auth.token_reused"],
  }),
  signOut: mutation({
    access: "public",
    cost: costs.write,
    records: "session.ended",
    summary:
      "Ends the session of the bearer token, or of the refresh token. A token that is no longer valid is not an error.",
    input: z.strictObject({ refreshToken: token.optional() }).default({}),
    output: z.object({}),
  }),
  signOutEverywhere: mutation({
    access: "session",
    cost: costs.recorded,
    records: "sessions.ended",
    summary: "Ends all sessions of the caller, including this one.",
    input: noInput,
    output: z.object({ ended: z.int().describe("The number of ended sessions.") }),
  }),
  me: query({
    access: "session",
    cost: costs.read,
    summary: "Returns the signed-in user and the session.",
    input: noInput,
    output: z.object({ user, session }),
  }),
};
