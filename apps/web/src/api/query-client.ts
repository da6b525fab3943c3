import { isReason } from "@projostack/sdk";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { reloadAccess } from "./reload-access.ts";
import { endSession } from "./session.ts";

const STALE_AFTER_MS = 15_000;

/**
 * Creates the cache of the server's answers. A call that fails because its session has ended leads to sign-in. One that fails for
 * the lack of a permission updates the role of the page.
 */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (isReason(error, "auth.token_reused")) endSession(queryClient, "reused");
    else if (isReason(error, "auth.unauthenticated")) endSession(queryClient, "ended");
    else reloadAccess(queryClient, error);
  };
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // The SDK repeats calls where this is safe. Repetitions of repetitions would only delay the message.
      queries: { retry: false, staleTime: STALE_AFTER_MS },
      // A change that waited for the network would come as a surprise later: without a network it fails at once.
      mutations: { retry: false, networkMode: "always" },
    },
  });
  return queryClient;
}
