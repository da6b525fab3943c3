import type { ReactNode } from "react";
import { Redirect, useLocation, useSearch } from "wouter";
import { useMe, useSignInNotice, type Me } from "../api/session.ts";
import { ErrorNotice } from "../components/error-notice.tsx";
import { Loading } from "../components/loading.tsx";
import { paths, signInPath } from "../paths.ts";
import { errorTexts } from "../texts/errors.ts";
import { AuthLayout } from "./auth-layout.tsx";

/** Shows a page to signed-in users, and leads all others to sign-in, from where they come back. */
export function RequireSession({ children }: { readonly children: (me: Me) => ReactNode }) {
  const { data: me, error, refetch } = useMe();
  const [path] = useLocation();
  const search = useSearch();
  const notice = useSignInNotice();
  if (me) return <>{children(me)}</>;
  if (me === null) {
    // After signing out, another user may sign in, for whom the page is not.
    const target =
      notice === "signed-out" ? paths.signIn : signInPath(search === "" ? path : `${path}?${search}`);
    return <Redirect to={target} replace />;
  }
  if (error) {
    return (
      <AuthLayout title={errorTexts.title}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </AuthLayout>
    );
  }
  return <Loading />;
}
