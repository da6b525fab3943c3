import { isReason } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { client } from "../../api/client.ts";
import { forgetMailedToken, useMailedToken } from "../../api/mailed-token.ts";
import { endSession, setSignInNotice } from "../../api/session.ts";
import { Button, LinkButton } from "../../components/button.tsx";
import { Form, FormActions } from "../../components/form.tsx";
import { PasswordField } from "../../components/password-field.tsx";
import { AuthLayout } from "../../layout/auth-layout.tsx";
import { paths } from "../../paths.ts";
import { authTexts } from "../../texts/auth.ts";

const texts = authTexts.reset;

export default function ResetPasswordPage() {
  const token = useMailedToken(paths.resetPassword);
  // Another link in the same tab begins anew.
  return <ResetPassword key={token} token={token} />;
}

function ResetPassword({ token }: { readonly token: string | undefined }) {
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const reset = useMutation({
    mutationFn: (input: { token: string; newPassword: string }) => client.password.reset(input),
    onSuccess: () => {
      endSession(queryClient);
      setSignInNotice("password-reset");
      navigate(paths.signIn);
      forgetMailedToken();
    },
  });
  if (token === undefined) {
    return (
      <AuthLayout title={texts.title} description={texts.noToken}>
        <LinkButton href={paths.forgotPassword}>{texts.request}</LinkButton>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={texts.title} description={texts.description}>
      <Form error={reset.error} onSubmit={({ newPassword = "" }) => reset.mutate({ token, newPassword })}>
        <PasswordField
          name="newPassword"
          label={authTexts.password.newLabel}
          hint={authTexts.password.hint}
          autoComplete="new-password"
        />
        <FormActions>
          <Button type="submit" look="primary" isWorking={reset.isPending}>
            {texts.submit}
          </Button>
        </FormActions>
      </Form>
      {isReason(reset.error, "token.invalid") && (
        <LinkButton href={paths.forgotPassword}>{texts.request}</LinkButton>
      )}
    </AuthLayout>
  );
}
