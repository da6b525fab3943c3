import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, Redirect, useSearch } from "wouter";
import { client } from "../../api/client.ts";
import { startSession, useMe, useSignInNotice } from "../../api/session.ts";
import { Button } from "../../components/button.tsx";
import { Form, FormActions } from "../../components/form.tsx";
import { Notice } from "../../components/notice.tsx";
import { PasswordField } from "../../components/password-field.tsx";
import { AuthLayout } from "../../layout/auth-layout.tsx";
import { paths, returnPath, withReturn } from "../../paths.ts";
import { authTexts } from "../../texts/auth.ts";
import { EmailField } from "./email-field.tsx";

const texts = authTexts.signIn;

export default function SignInPage() {
  const returnTo = returnPath(useSearch());
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const notice = useSignInNotice();
  const signIn = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) =>
      client.auth.signIn({ email, password }),
    onSuccess: (signedIn) => startSession(queryClient, signedIn),
  });
  if (me) return <Redirect to={returnTo} replace />;
  return (
    <AuthLayout
      title={texts.title}
      description={texts.description}
      footer={
        <p>
          {texts.noAccount} <Link href={withReturn(paths.signUp, returnTo)}>{texts.signUp}</Link>
        </p>
      }
    >
      {notice && (
        <Notice kind={notice === "reused" ? "warning" : "info"} role="status">
          {texts.notices[notice]}
        </Notice>
      )}
      <Form
        error={signIn.error}
        onSubmit={({ email = "", password = "" }) => signIn.mutate({ email, password })}
      >
        <EmailField />
        <PasswordField name="password" label={authTexts.password.label} autoComplete="current-password" />
        <FormActions>
          <Button type="submit" look="primary" isWorking={signIn.isPending}>
            {texts.submit}
          </Button>
        </FormActions>
        <Link href={paths.forgotPassword} className="auth-link">
          {texts.forgot}
        </Link>
      </Form>
    </AuthLayout>
  );
}
