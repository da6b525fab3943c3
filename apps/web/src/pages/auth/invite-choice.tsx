import { isReason, type InvitePreview } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link, useLocation } from "wouter";
import { client } from "../../api/client.ts";
import { forgetMailedToken } from "../../api/mailed-token.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { endSession, type Me } from "../../api/session.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { FormActions } from "../../components/form.tsx";
import { Notice } from "../../components/notice.tsx";
import { showToast } from "../../components/toasts.tsx";
import { paths, signInPath, withReturn } from "../../paths.ts";
import { authTexts } from "../../texts/auth.ts";
import { rememberedEmail } from "./remembered-email.ts";

const texts = authTexts.invite;
const DeclineInviteDialog = lazy(() => import("../workspaces/decline-invite-dialog.tsx"));

interface InviteProps {
  readonly invite: InvitePreview;
  readonly token: string;
  /** Null when nobody is signed in. */
  readonly me: Me | null;
}

/** What the user can do with an invite: sign in or up, change the account, accept or decline it. */
export function InviteChoice({ invite, token, me }: InviteProps) {
  if (me === null) return <NewPerson invite={invite} />;
  if (me.user.email.toLowerCase() !== invite.email.toLowerCase())
    return <WrongAccount invite={invite} me={me} />;
  return <Answer invite={invite} token={token} me={me} />;
}

function NewPerson({ invite: { email } }: { readonly invite: InvitePreview }) {
  const [, navigate] = useLocation();
  const continueAt = (path: string) => {
    rememberedEmail.set(email);
    navigate(path);
  };
  return (
    <>
      <p className="auth-text">{texts.newPerson(email)}</p>
      <FormActions>
        <Button look="primary" onClick={() => continueAt(withReturn(paths.signUp, paths.acceptInvite))}>
          {texts.signUp}
        </Button>
        <Button onClick={() => continueAt(signInPath(paths.acceptInvite))}>{texts.signIn}</Button>
      </FormActions>
    </>
  );
}

function WrongAccount({ invite, me }: { readonly invite: InvitePreview; readonly me: Me }) {
  const queryClient = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => client.auth.signOut(),
    onSuccess: () => endSession(queryClient),
  });
  return (
    <>
      <Notice kind="warning">{texts.wrongAccount(me.user.email, invite.email)}</Notice>
      {signOut.error && <ErrorNotice error={signOut.error} />}
      <FormActions>
        <Button look="primary" isWorking={signOut.isPending} onClick={() => signOut.mutate()}>
          {texts.switchAccount}
        </Button>
      </FormActions>
    </>
  );
}

function Answer({ invite, token, me }: InviteProps & { readonly me: Me }) {
  const [isDeclining, setDeclining] = useState(false);
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const accept = useMutation({
    mutationFn: () => client.invites.accept({ token }),
    onSuccess: async ({ id, name }) => {
      navigate(paths.section(id, "projects"));
      showToast(texts.accepted(name));
      forgetMailedToken();
      // The mailed link has also verified the address.
      await Promise.all(
        [queryKeys.me, queryKeys.workspaces, queryKeys.ownInvites, queryKeys.emailStatus].map((queryKey) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
  const isUnverified = isReason(accept.error, "invite.invalid") && me.user.emailVerifiedAt === null;
  return (
    <>
      {isUnverified ? (
        <Notice kind="warning" role="alert">
          <p>{texts.unverified}</p>
          <p>
            <Link href={paths.verifyEmail}>{texts.verify}</Link>
          </p>
        </Notice>
      ) : (
        accept.error && <ErrorNotice error={accept.error} />
      )}
      <FormActions>
        <Button look="primary" isWorking={accept.isPending} onClick={() => accept.mutate()}>
          {texts.accept}
        </Button>
        <Button onClick={() => setDeclining(true)}>{texts.decline}</Button>
      </FormActions>
      <Suspense>
        {isDeclining && (
          <DeclineInviteDialog
            invite={{ token }}
            workspaceName={invite.workspaceName}
            onDeclined={() => {
              navigate(paths.workspaces);
              forgetMailedToken();
            }}
            onClose={() => setDeclining(false)}
          />
        )}
      </Suspense>
    </>
  );
}
