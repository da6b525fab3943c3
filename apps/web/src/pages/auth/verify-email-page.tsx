import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { forgetMailedToken, useMailedToken } from "../../api/mailed-token.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { useMe } from "../../api/session.ts";
import { Button, LinkButton } from "../../components/button.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { Notice } from "../../components/notice.tsx";
import { AuthLayout } from "../../layout/auth-layout.tsx";
import { paths, signInPath } from "../../paths.ts";
import { authTexts } from "../../texts/auth.ts";
import { ResendVerification } from "./resend-verification.tsx";

const texts = authTexts.verify;

/**
 * Verifies an address with the token of a mailed link. The user presses a button: programs that check the links of mails open pages
 * and must not verify an address that a stranger has entered.
 */
export default function VerifyEmailPage() {
  const token = useMailedToken(paths.verifyEmail);
  const [isVerified, setVerified] = useState(false);
  // Another link in the same tab begins anew.
  return (
    <VerifyEmail key={token} token={token} isVerified={isVerified} onVerified={() => setVerified(true)} />
  );
}

interface VerifyEmailProps {
  readonly token: string | undefined;
  readonly isVerified: boolean;
  readonly onVerified: () => void;
}

function VerifyEmail({ token, isVerified, onVerified }: VerifyEmailProps) {
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const verify = useMutation({
    mutationFn: (mailed: string) => client.email.verify({ token: mailed }),
    onSuccess: async () => {
      onVerified();
      forgetMailedToken();
      await queryClient.invalidateQueries({ queryKey: queryKeys.emailStatus });
      if (me) await queryClient.invalidateQueries({ queryKey: queryKeys.me });
    },
  });
  if (isVerified || (me && me.user.emailVerifiedAt !== null)) {
    return (
      <AuthLayout title={texts.title}>
        <Notice kind="success" role="status">
          {isVerified ? texts.done : texts.alreadyVerified}
        </Notice>
        <LinkButton href={me ? paths.workspaces : paths.signIn} look="primary">
          {me ? texts.continue : texts.signIn}
        </LinkButton>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={texts.title} description={token === undefined ? texts.noToken : texts.description}>
      {verify.error && <ErrorNotice error={verify.error} />}
      {token !== undefined && !verify.error && (
        <Button look="primary" isWorking={verify.isPending} onClick={() => verify.mutate(token)}>
          {texts.submit}
        </Button>
      )}
      {me && (token === undefined || verify.error) && <ResendVerification label={texts.resend} />}
      {me === null && (token === undefined || verify.error) && (
        <>
          <p className="auth-text">{texts.signInToResend}</p>
          <LinkButton href={signInPath(paths.verifyEmail)}>{texts.signIn}</LinkButton>
        </>
      )}
    </AuthLayout>
  );
}
