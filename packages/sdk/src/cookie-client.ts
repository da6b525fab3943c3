// The type of a client whose session is in a cookie. At run time it is the same client.
import type { Call } from "./answer.ts";
import type { Client } from "./client-type.ts";
import type { Api, ResourceApi } from "./generated/api.ts";
import type { AuthSignInInput, AuthSignUpInput, Session, User } from "./generated/types.ts";
import type { MethodOptions } from "./options.ts";

/** A new session whose token is in a cookie. It has no tokens. */
export interface SignedInWithCookie {
  /** The user who is signed in now. */
  user: User;
  /** The session that this sign-in started. */
  session: Session;
}

/** The operations of accounts in a client whose session is in a cookie. The server renews the session by itself. */
export type CookieAuth = {
  readonly me: Api["auth"]["me"];
  readonly signOut: Api["auth"]["signOut"];
  readonly signOutEverywhere: Api["auth"]["signOutEverywhere"];

  /**
   * Signs in with an email address and a password. The server sets the session cookie, so the result has no tokens.
   *
   * @example
   * const { user } = await client.auth.signIn({ email: "ada@example.com", password });
   */
  signIn(input: AuthSignInInput, options?: MethodOptions): Call<SignedInWithCookie, "auth.signIn">;

  /**
   * Creates an account and signs it in. The server sets the session cookie, so the result has no tokens.
   *
   * @example
   * const { user } = await client.auth.signUp({ email: "mary@example.com", password });
   */
  signUp(input: AuthSignUpInput, options?: MethodOptions): Call<SignedInWithCookie, "auth.signUp">;
};

/**
 * A {@link Client} whose session is in a cookie. The results of `auth.signIn` and `auth.signUp` have no tokens, and there is no
 * `auth.refresh`. Sign in with these methods: the types of `call` describe the results with tokens. A function with a parameter of
 * this type accepts both kinds of clients.
 */
// A type and no interface: the compiler reads the members of an interface also in a program that does not use it.
export type CookieClient = ResourceApi & {
  readonly workspaceId: Client["workspaceId"];
  readonly call: Client["call"];
  readonly auth: CookieAuth;

  /**
   * Returns a client for this workspace that shares the session. Does not change this client and sends no request.
   *
   * @throws TypeError when the id cannot be sent in a header
   */
  workspace(id: string): CookieClient;
};
