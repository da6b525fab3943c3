// Clients of @trpc/client with projoLink, whose requests are recorded, for each transport.
import { memoryTokenStore } from "@projostack/sdk";
import { projoLink, type AppRouter, type ProjoLinkOptions } from "@projostack/sdk/trpc";
import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink } from "@trpc/client";
import { expiredAccessToken, password, type TestServer } from "../kit/index.ts";

export const transports = [
  ["the SDK", undefined],
  ["httpLink", httpLink],
  ["httpBatchLink", httpBatchLink],
  ["httpBatchStreamLink", httpBatchStreamLink],
] as const;

type Options = Omit<ProjoLinkOptions, "baseUrl">;

export interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns functions that create clients of a server. */
export function linkedClients(server: () => TestServer) {
  let userCount = 0;

  /** A client whose requests are recorded. */
  function clientWith(options: Options) {
    const sent: Sent[] = [];
    const fetchRecorded: ProjoLinkOptions["fetch"] = (url, init) => {
      sent.push({ url, method: init.method, headers: Object.fromEntries(new Headers(init.headers)) });
      return fetch(url, init);
    };
    const link = projoLink({ baseUrl: server().url, fetch: fetchRecorded, ...options });
    return { client: createTRPCClient<AppRouter>({ links: [link] }), sent };
  }

  /** Signs up a user through the link, with a workspace. */
  async function signedUp(options: Options = {}) {
    const tokens = options.tokens ?? memoryTokenStore();
    const { client, sent } = clientWith({ ...options, tokens });
    const email = `trpc-${(userCount += 1)}@example.com`;
    const { session, user } = await client.auth.signUp.mutate({ email, password });
    const { id: workspaceId } = await client.workspaces.create.mutate({ name: "Engines" });
    const expire = async () => {
      const kept = await tokens.get();
      if (!kept) throw new Error("Nobody is signed in.");
      await tokens.set({ ...kept, accessToken: await expiredAccessToken(server(), session.id) });
    };
    return { client, sent, tokens, expire, email, user, workspaceId, sessionId: session.id };
  }

  return { clientWith, signedUp };
}
