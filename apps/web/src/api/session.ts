import { isReason } from "@projostack/sdk";
import { queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { client } from "./client.ts";
import { tellOtherTabs } from "./other-tabs.ts";
import { createStore } from "./store.ts";
import { queryKeys } from "./query-keys.ts";

/** The signed-in user and the session. */
export type Me = Awaited<ReturnType<typeof client.auth.me>>;

/** Why the user has to sign in, for the page of sign-in. */
export type SignInNotice = "ended" | "reused" | "signed-out" | "signed-out-elsewhere" | "password-reset";

const notice = createStore<SignInNotice | undefined>(undefined);

export const setSignInNotice = notice.set;

export const useSignInNotice = (): SignInNotice | undefined =>
  useSyncExternalStore(notice.subscribe, notice.get);

const meQuery = queryOptions({
  queryKey: queryKeys.me,
  queryFn: async ({ signal, client: queryClient }): Promise<Me | null> => {
    try {
      return await client.auth.me({}, { signal });
    } catch (error) {
      if (!isReason(error, "auth.unauthenticated", "auth.token_reused")) throw error;
      if (error.reason === "auth.token_reused") notice.set("reused");
      else if (queryClient.getQueryData(queryKeys.me)) notice.set("ended");
      dropData(queryClient);
      return null;
    }
  },
});

/** The session of this browser. `data` is null when nobody is signed in. */
export const useMe = () => useQuery(meQuery);

/** Call it after a sign-in or a sign-up: it drops what an earlier user has seen. */
export function startSession(queryClient: QueryClient, me: Me): void {
  tellOtherTabs({ isSignedIn: true });
  notice.set(undefined);
  dropData(queryClient);
  queryClient.setQueryData(queryKeys.me, { user: me.user, session: me.session });
}

/** Drops all data of the user, so that pages that need a session lead to sign-in. */
export function endSession(queryClient: QueryClient, reason?: SignInNotice): void {
  const me: Me | null | undefined = queryClient.getQueryData(queryKeys.me);
  if (me) notice.set(reason);
  if (reason !== "signed-out-elsewhere") tellOtherTabs({ isSignedIn: false });
  queryClient.setQueryData(queryKeys.me, null);
  dropData(queryClient);
}

function dropData(queryClient: QueryClient): void {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.me[0] });
}
