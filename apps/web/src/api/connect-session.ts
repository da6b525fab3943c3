import type { QueryClient } from "@tanstack/react-query";
import { onChangeInOtherTab } from "./other-tabs.ts";
import { queryKeys } from "./query-keys.ts";
import { endSession } from "./session.ts";

/** Follows the sign-ins and sign-outs of other tabs. @returns a function that stops it */
export function connectSession(queryClient: QueryClient): () => void {
  return onChangeInOtherTab(({ isSignedIn }) => {
    if (!isSignedIn) {
      endSession(queryClient, "signed-out-elsewhere");
      return;
    }
    // The other tab may have signed in as another user.
    queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.me[0] });
    void queryClient.resetQueries({ queryKey: queryKeys.me });
  });
}
