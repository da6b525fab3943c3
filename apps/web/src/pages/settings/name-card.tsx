import { useMutation, useQueryClient } from "@tanstack/react-query";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { Form, FormActions } from "../../components/form.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { showToast } from "../../components/toasts.tsx";
import { settingsTexts } from "../../texts/settings.ts";
import "./name-card.css";

const texts = settingsTexts.name;

/** The name of the workspace. Admins change it. */
export function NameCard() {
  const { workspace, can } = useWorkspace();
  return (
    <Card title={texts.title}>
      {can("workspace:manage") ? (
        <div className="name-form">
          <RenameForm />
        </div>
      ) : (
        <Rows label={texts.title}>
          <Row
            title={workspace.name}
            details={
              <>
                {texts.created} <Time at={workspace.createdAt} dayOnly />
              </>
            }
          />
        </Rows>
      )}
    </Card>
  );
}

function RenameForm() {
  const { id, api, workspace } = useWorkspace();
  const queryClient = useQueryClient();
  const rename = useMutation({
    mutationFn: async (name: string) => await api.workspaces.rename({ name }),
    onSuccess: async (renamed) => {
      showToast(texts.done);
      queryClient.setQueryData(queryKeys.workspace(id), renamed);
      await queryClient.invalidateQueries({ queryKey: queryKeys.workspaces });
    },
  });
  return (
    <Form error={rename.error} onSubmit={({ name = "" }) => rename.mutate(name)}>
      <TextField
        // After a change by another admin, the field starts with the new name.
        key={workspace.name}
        name="name"
        label={texts.label}
        hint={texts.hint}
        defaultValue={workspace.name}
        maxLength={200}
        autoComplete="off"
        required
      />
      <FormActions>
        <Button type="submit" look="primary" isWorking={rename.isPending}>
          {texts.action}
        </Button>
      </FormActions>
    </Form>
  );
}
