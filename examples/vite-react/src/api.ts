import { projoLink, type AppRouter } from "@projostack/sdk/trpc";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { createTRPCClient, isTRPCClientError } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";

/** The session has ended, for example in another tab. Ask for the user again, which leads to the sign-in. */
const onError = (error: unknown) => {
  if (isSignedOut(error)) void queryClient.resetQueries(account.auth.me.queryFilter());
};

export const queryClient = new QueryClient({
  // The link repeats calls where this is safe.
  defaultOptions: { queries: { retry: false } },
  queryCache: new QueryCache({
    onError: (error, { meta }) => (meta?.["isUser"] ? undefined : onError(error)),
  }),
  mutationCache: new MutationCache({ onError }),
});

/** The operations of the signed-in user. */
export const account = createTRPCOptionsProxy<AppRouter>({ client: createApiClient(), queryClient });

/** The operations in a workspace. The prefix keeps the cached answers of two workspaces apart. */
export function workspaceApi(workspaceId: string) {
  const client = createApiClient(workspaceId);
  return createTRPCOptionsProxy<AppRouter, { keyPrefix: true }>({
    client,
    queryClient,
    keyPrefix: workspaceId,
  });
}

export type WorkspaceApi = ReturnType<typeof workspaceApi>;

export function isSignedOut(error: unknown): boolean {
  if (!isTRPCClientError<AppRouter>(error)) return false;
  const reason = error.data?.reason;
  return reason === "auth.unauthenticated" || reason === "auth.token_reused";
}

function createApiClient(workspaceId?: string) {
  return createTRPCClient<AppRouter>({
    links: [projoLink({ baseUrl: "", session: "cookie", workspaceId })],
  });
}
