import { z } from "zod";
import { mutation, query } from "./define.ts";
import { dateTime, email, id, noInput, text } from "./schemas.ts";

export const user = z.object({ id, email: z.string(), createdAt: dateTime }).meta({ id: "User" });

export const session = z
  .object({
    id,
    createdAt: dateTime,
    expiresAt: dateTime,
    currentWorkspaceId: id.nullable().describe("Used by calls that do not send x-workspace-id."),
  })
  .meta({ id: "Session" });

export const signedIn = z
  .object({
    user,
    session,
    accessToken: z.string().describe("Send it as `authorization: Bearer <token>`. Shown once."),
  })
  .meta({ id: "SignedIn" });

const newPassword = text(8, 256).describe(
  "At least as long as the server asks for: 15 characters by default.",
);
const password = text(1, 256);

export const auth = {
  signUp: mutation({
    access: "public",
    summary: "Makes an account and signs it in.",
    input: z.strictObject({ email, password: newPassword }),
    output: signedIn,
    errors: ["auth.email_taken"],
  }),
  signIn: mutation({
    access: "public",
    summary: "Signs in with email and password.",
    input: z.strictObject({ email, password }),
    output: signedIn,
    errors: ["auth.invalid_credentials"],
  }),
  signOut: mutation({
    access: "public",
    summary: "Ends the session of the bearer token. A token that is no longer valid is no error.",
    input: noInput,
    output: z.object({}),
  }),
  me: query({
    access: "session",
    summary: "Who is signed in, and with which session.",
    input: noInput,
    output: z.object({ user, session }),
  }),
};
