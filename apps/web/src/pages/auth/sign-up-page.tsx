import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, Redirect, useSearch } from "wouter";
import { client } from "../../api/client.ts";
import { startSession, useMe } from "../../api/session.ts";
import { Button } from "../../components/button.tsx";
import { Form, FormActions } from "../../components/form.tsx";
import { PasswordField } from "../../components/password-field.tsx";
import { AuthLayout } from "../../layout/auth-layout.tsx";
import { returnPath, signInPath } from "../../paths.ts";
import { authTexts } from "../../texts/auth.ts";
import { EmailField } from "./email-field.tsx";

const texts = authTexts.signUp;

export default function SignUpPage() {
  const returnTo = returnPath(useSearch());
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const signUp = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) =>
      client.auth.signUp({ email, password }),
    onSuccess: (signedIn) => startSession(queryClient, signedIn),
  });
  if (me) return <Redirect to={returnTo} replace />;
  return (
    <AuthLayout
      title={texts.title}
      description={texts.description}
      footer={
        <p>
          {texts.hasAccount} <Link href={signInPath(returnTo)}>{texts.signIn}</Link>
        </p>
      }
    >
      <Form
        error={signUp.error}
        onSubmit={({ email = "", password = "" }) => signUp.mutate({ email, password })}
      >
        <EmailField />
        <PasswordField
          name="password"
          label={authTexts.password.label}
          hint={authTexts.password.hint}
          autoComplete="new-password"
        />
        <FormActions>
          <Button type="submit" look="primary" isWorking={signUp.isPending}>
            {texts.submit}
          </Button>
        </FormActions>
      </Form>
    </AuthLayout>
  );
}
