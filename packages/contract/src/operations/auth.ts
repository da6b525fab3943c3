import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { sessionId, userId, workspaceId } from "../fields/ids.ts";
import { createdAt } from "../fields/times.ts";
import { sample } from "../sample.ts";
import {
  accountEmail,
  count,
  dateTime,
  email,
  newPassword,
  noInput,
  noOutput,
  password,
  shownEmail,
  token,
} from "../schemas.ts";

export const user = z
  .object({
    id: userId,
    email: shownEmail("The email address of the account, in small letters."),
    emailVerifiedAt: dateTime
      .nullable()
      .describe("The time at which the user verified the address. Null before that."),
    createdAt: createdAt("account"),
  })
  .meta({ id: "User", description: "A person with an account, an email address and a password." });

export const session = z
  .object({
    id: sessionId,
    createdAt: dateTime.describe("The time of the sign-in."),
    expiresAt: dateTime.describe(
      "The time at which the session ends: 14 days after its last refresh, and at most 30 days after the sign-in.",
    ),
    currentWorkspaceId: workspaceId
      .nullable()
      .describe(
        "The workspace of calls without the header `x-workspace-id`. Null until `workspaces.switch` selects one.",
      ),
  })
  .meta({ id: "Session", description: "One sign-in of a user on one device." });

const tokens = {
  accessToken: z
    .string()
    .describe(
      "The token of calls: send it in the header `authorization: Bearer <token>`. It begins with `pja_`.",
    ),
  accessTokenExpiresAt: dateTime.describe(
    "The time from which the access token is no longer valid, ten minutes after it was made. Call `auth.refresh` then.",
  ),
  refreshToken: z
    .string()
    .describe(
      "The token for one call of `auth.refresh`, which returns the next one. It begins with `pjr_`. Keep it secret.",
    ),
};

export const signedIn = z
  .object({
    user: user.describe("The user who is signed in now."),
    session: session.describe("The session that this sign-in started."),
    ...tokens,
  })
  .meta({ id: "SignedIn", description: "A new session with its tokens." });

export const signedInWithCookie = z
  .object({
    user: user.describe("The user who is signed in now."),
    session: session.describe("The session that this sign-in started."),
  })
  .meta({
    id: "SignedInWithCookie",
    description: "A new session whose token is in a cookie. The answer has no tokens.",
  });

export const refreshed = z
  .object({ session: session.describe("The session that continues."), ...tokens })
  .meta({ id: "Refreshed", description: "The session after a refresh, with its next tokens." });

const ada = {
  id: sample.userId,
  email: sample.email,
  emailVerifiedAt: null,
  createdAt: sample.createdAt,
} as const;
const adasSession = {
  id: sample.currentSessionId,
  createdAt: sample.createdAt,
  expiresAt: sample.expiresAt,
  currentWorkspaceId: null,
} as const;
const adasTokens = {
  accessToken: sample.accessToken,
  accessTokenExpiresAt: sample.changedAt,
  refreshToken: sample.refreshToken,
} as const;

export const auth = {
  signUp: mutation({
    access: "public",
    cost: costs.password,
    records: "account.created",
    repetition: {
      again:
        "a repeated call with the same key and password signs in to the account that the first call created",
    },
    summary: "Creates an account and signs it in.",
    details:
      "The server mails a link that verifies the address, valid for 72 hours. With `x-session: cookie` the answer sets the session cookie and has no tokens. Until the address is verified, the user cannot send invites and cannot create a service key that sends invites.",
    input: z.strictObject({ email, password: newPassword }),
    output: signedIn,
    cookieOutput: signedInWithCookie,
    example: {
      input: { email: sample.newEmail, password: sample.password },
      output: {
        user: { ...ada, id: sample.newUserId, email: sample.newEmail },
        session: adasSession,
        ...adasTokens,
      },
    },
    errors: ["auth.email_taken"],
  }),
  signIn: mutation({
    access: "public",
    cost: costs.password,
    records: "session.started",
    repetition: { again: "it starts another session, which ends by itself or with auth.signOutEverywhere" },
    summary: "Signs in with an email address and a password.",
    details:
      "It starts a new session; other sessions of the user continue. The answer is the same for an unknown address and for a wrong password. With `x-session: cookie` the answer sets the session cookie and has no tokens.",
    input: z.strictObject({ email: accountEmail, password }),
    output: signedIn,
    cookieOutput: signedInWithCookie,
    example: {
      input: { email: sample.email, password: sample.password },
      output: {
        user: { ...ada, emailVerifiedAt: sample.changedAt },
        session: adasSession,
        ...adasTokens,
      },
    },
    errors: ["auth.invalid_credentials"],
  }),
  refresh: mutation({
    access: "public",
    cost: costs.write,
    records: { nothing: "it continues a session; reuse of an old token is recorded as token.reused" },
    repetition: { again: "a repeated call with the same refresh token already returns the same successor" },
    summary: "Exchanges a refresh token for new tokens.",
    details:
      "A repeated call with the same token returns the same refresh token, while that one is unused or at most 30 seconds old. The use of an older token ends the session, because another party may have a copy of it. The SDK calls it by itself. A cookie session is not refreshed: the server replaces its cookie.",
    input: z.strictObject({
      refreshToken: token.describe("The newest refresh token of the session. It is spent by this call."),
    }),
    output: refreshed,
    example: {
      input: { refreshToken: sample.refreshToken },
      output: { session: adasSession, ...adasTokens },
    },
    errors: ["auth.unauthenticated", "auth.token_reused"],
  }),
  signOut: mutation({
    access: "public",
    cost: costs.write,
    records: "session.ended",
    repetition: { again: "a session that has already ended is not an error" },
    summary: "Ends one session.",
    details:
      "It ends the session of the bearer token, of the session cookie, or of the refresh token in the input. All tokens of the session stop working with the next call. A token that is no longer valid is not an error.",
    input: z
      .strictObject({
        refreshToken: token
          .optional()
          .describe(
            "The refresh token of the session to end. It works also when the access token has expired.",
          ),
      })
      .default({}),
    output: noOutput,
    example: { input: { refreshToken: sample.refreshToken }, output: {} },
  }),
  signOutEverywhere: mutation({
    access: "session",
    cost: costs.recorded,
    records: "sessions.ended",
    repetition: { again: "the first call ends the session that authenticates the second one" },
    summary: "Ends all sessions of the caller, including this one.",
    details: "All tokens of the user stop working with the next call. Service keys keep working.",
    input: noInput,
    output: z.object({ ended: count.describe("The number of ended sessions.") }),
    example: { input: {}, output: { ended: 3 } },
  }),
  me: query({
    access: "session",
    cost: costs.read,
    summary: "Returns the signed-in user and the session.",
    details: "Use it to check whether a stored token still works.",
    input: noInput,
    output: z.object({
      user: user.describe("The user that owns the token."),
      session: session.describe("The session to which the token belongs."),
    }),
    example: {
      input: {},
      output: { user: { ...ada, emailVerifiedAt: sample.changedAt }, session: adasSession },
    },
  }),
};
