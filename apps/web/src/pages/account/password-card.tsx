import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import type { Me } from "../../api/session.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Form, FormActions } from "../../components/form.tsx";
import { PasswordField } from "../../components/password-field.tsx";
import { showToast } from "../../components/toasts.tsx";
import { accountTexts } from "../../texts/account.ts";
import "./password-card.css";

const texts = accountTexts.password;

export function PasswordCard({ me: { user } }: { readonly me: Me }) {
  const queryClient = useQueryClient();
  // A new key empties the fields after a change.
  const [changes, setChanges] = useState(0);
  const change = useMutation({
    mutationFn: (input: { currentPassword: string; newPassword: string }) => client.password.change(input),
    onSuccess: async () => {
      setChanges((count) => count + 1);
      showToast(texts.changed);
      await queryClient.invalidateQueries({ queryKey: queryKeys.sessions });
    },
  });
  return (
    <Card title={texts.title} description={texts.description}>
      <div key={changes} className="password-card">
        <Form
          error={change.error}
          onSubmit={({ currentPassword = "", newPassword = "" }) =>
            change.mutate({ currentPassword, newPassword })
          }
        >
          {/* Password managers need the name of the account. */}
          <input name="username" type="email" autoComplete="username" value={user.email} readOnly hidden />
          <PasswordField name="currentPassword" label={texts.current} autoComplete="current-password" />
          <PasswordField
            name="newPassword"
            label={texts.next}
            hint={texts.hint}
            autoComplete="new-password"
          />
          <FormActions>
            <Button type="submit" look="primary" isWorking={change.isPending}>
              {texts.submit}
            </Button>
          </FormActions>
        </Form>
      </div>
    </Card>
  );
}
