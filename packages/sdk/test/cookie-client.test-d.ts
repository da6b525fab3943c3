// The types of clients whose session is in a cookie. The compiler checks this file; it never runs. A line with @ts-expect-error
// fails to compile when the types are too wide.
import {
  createClient,
  type Client,
  type ClientOptions,
  type CookieClient,
  type CookieClientOptions,
  type SignedIn,
  type SignedInWithCookie,
  type Task,
} from "../src/index.ts";
import { createTestClient } from "../src/testing.ts";
import { projoLink } from "../src/trpc.ts";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : "the second is wider") : "the first is wider";

export const same: [
  Same<SignedInWithCookie, Omit<SignedIn, "accessToken" | "accessTokenExpiresAt" | "refreshToken">>,
  Same<ReturnType<typeof createClient>, Client>,
  Same<Parameters<typeof createClient>[0], ClientOptions>,
  Same<keyof CookieClient, keyof Client>,
  Same<Exclude<keyof Client["auth"], keyof CookieClient["auth"]>, "refresh">,
] = [true, true, true, true, true];

export async function useCookieClient(): Promise<void> {
  const client = createClient({ baseUrl: "", session: "cookie" });
  client satisfies CookieClient;
  const signedIn = await client.auth.signIn({ email: "a@b.c", password: "p" });
  signedIn satisfies SignedInWithCookie;
  // @ts-expect-error -- the token is in a cookie
  void signedIn.accessToken;
  // @ts-expect-error -- the token is in a cookie
  void (await client.auth.signUp({ email: "a@b.c", password: "p" })).refreshToken;
  // @ts-expect-error -- the server renews the session
  void client.auth.refresh;
  const task: Task = await client.workspace("w").call("tasks.get", { id: "t" });
  const { error } = await client.workspace("w").tasks.get({ id: task.id }).result();
  void (error?.reason === "task.not_found");
  await client.auth.signOut();
  // @ts-expect-error -- the only value is "cookie"
  createClient({ baseUrl: "", session: "cookies" });
  // @ts-expect-error -- a client has either a cookie or a token
  createClient({ baseUrl: "", session: "cookie", token: "pjk_1" });
}

/** A function for both kinds of clients. */
const titleOf = async (client: CookieClient): Promise<string> => (await client.tasks.get({ id: "t" })).title;

export async function useBoth(options: ClientOptions, cookieOptions: CookieClientOptions): Promise<void> {
  const client: Client = createClient(options);
  await titleOf(client);
  await titleOf(createClient(cookieOptions));
  // @ts-expect-error -- its sign-in returns no tokens
  const wrong: Client = createClient(cookieOptions);
  void wrong;
  void projoLink({ baseUrl: "", session: "cookie" });
}

export async function useTestClient(answer: SignedInWithCookie): Promise<void> {
  const client = createTestClient({ "auth.signIn": answer }, { session: "cookie" });
  void (await client.auth.signIn({ email: "a@b.c", password: "p" })).user.email;
  void client.calls[0]?.operation;
  // @ts-expect-error -- the server renews the session
  createTestClient({ "auth.refresh": answer }, { session: "cookie" });
  // @ts-expect-error -- an ordinary sign-in returns tokens
  createTestClient({ "auth.signIn": answer });
}
