import { useMutation } from "@tanstack/react-query";
import { Link } from "wouter";
import { client } from "../../api/client.ts";
import { Button } from "../../components/button.tsx";
import { Form, FormActions } from "../../components/form.tsx";
import { AuthLayout } from "../../layout/auth-layout.tsx";
import { paths } from "../../paths.ts";
import { authTexts } from "../../texts/auth.ts";
import { EmailField } from "./email-field.tsx";

const texts = authTexts.forgot;

/** Requests a link to set a new password. The page says the same whether or not the address has an account. */
export default function ForgotPasswordPage() {
  const request = useMutation({
    mutationFn: (email: string) => client.password.requestReset({ email }),
  });
  const footer = (
    <p>
      <Link href={paths.signIn}>{texts.back}</Link>
    </p>
  );
  if (request.isSuccess) {
    return (
      <AuthLayout
        key="sent"
        title={texts.sentTitle}
        description={texts.sent(request.variables)}
        footer={footer}
      >
        <p className="auth-text">{texts.nothingArrived}</p>
        <Button onClick={() => request.reset()}>{texts.again}</Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout key="form" title={texts.title} description={texts.description} footer={footer}>
      <Form error={request.error} onSubmit={({ email = "" }) => request.mutate(email)}>
        <EmailField />
        <FormActions>
          <Button type="submit" look="primary" isWorking={request.isPending}>
            {texts.submit}
          </Button>
        </FormActions>
      </Form>
    </AuthLayout>
  );
}
