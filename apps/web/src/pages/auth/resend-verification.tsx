import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { FormActions } from "../../components/form.tsx";
import { Notice } from "../../components/notice.tsx";
import { authTexts } from "../../texts/auth.ts";

/** Requests another mail that verifies the address of the signed-in user. */
export function ResendVerification({ label }: { readonly label: string }) {
  const queryClient = useQueryClient();
  const resend = useMutation({
    mutationFn: () => client.email.resendVerification(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.emailStatus }),
  });
  return (
    <>
      {resend.error && <ErrorNotice error={resend.error} />}
      {resend.isSuccess && (
        <Notice kind="success" role="status">
          {authTexts.verify.resent}
        </Notice>
      )}
      <FormActions>
        <Button isWorking={resend.isPending} icon="mail" onClick={() => resend.mutate()}>
          {label}
        </Button>
      </FormActions>
    </>
  );
}
