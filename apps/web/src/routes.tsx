import { lazy } from "react";
import { Redirect, Route, Switch } from "wouter";
import { RequireSession } from "./layout/require-session.tsx";
import { paths } from "./paths.ts";

const SignInPage = lazy(() => import("./pages/auth/sign-in-page.tsx"));
const SignUpPage = lazy(() => import("./pages/auth/sign-up-page.tsx"));
const VerifyEmailPage = lazy(() => import("./pages/auth/verify-email-page.tsx"));
const ForgotPasswordPage = lazy(() => import("./pages/auth/forgot-password-page.tsx"));
const ResetPasswordPage = lazy(() => import("./pages/auth/reset-password-page.tsx"));
const AcceptInvitePage = lazy(() => import("./pages/auth/accept-invite-page.tsx"));
const WorkspacesPage = lazy(() => import("./pages/workspaces/workspaces-page.tsx"));
const AccountPage = lazy(() => import("./pages/account/account-page.tsx"));
const WorkspaceArea = lazy(() => import("./pages/workspace-area.tsx"));
const NotFoundPage = lazy(() => import("./pages/not-found-page.tsx"));

export function Routes() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to={paths.workspaces} replace />
      </Route>
      <Route path={paths.signIn} component={SignInPage} />
      <Route path={paths.signUp} component={SignUpPage} />
      <Route path={paths.verifyEmail} component={VerifyEmailPage} />
      <Route path={paths.forgotPassword} component={ForgotPasswordPage} />
      <Route path={paths.resetPassword} component={ResetPasswordPage} />
      <Route path={paths.acceptInvite} component={AcceptInvitePage} />
      <Route path={paths.mailedInvite} component={AcceptInvitePage} />
      <Route path={paths.workspaces}>
        <RequireSession>{(me) => <WorkspacesPage me={me} />}</RequireSession>
      </Route>
      <Route path={paths.account}>
        <RequireSession>{(me) => <AccountPage me={me} />}</RequireSession>
      </Route>
      <Route path="/w/:workspaceId/:section?">
        {({ workspaceId, section }) => (
          <RequireSession>
            {(me) => <WorkspaceArea key={workspaceId} me={me} workspaceId={workspaceId} section={section} />}
          </RequireSession>
        )}
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  );
}
