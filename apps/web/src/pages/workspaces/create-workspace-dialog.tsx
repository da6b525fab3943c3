import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { TextField } from "../../components/field.tsx";
import { Form } from "../../components/form.tsx";
import { paths } from "../../paths.ts";
import { commonTexts } from "../../texts/common.ts";
import { workspacesTexts as texts } from "../../texts/workspaces.ts";

/** Creates a workspace and leads to it. */
export default function CreateWorkspaceDialog({ onClose }: { readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const create = useMutation({
    mutationFn: (name: string) => client.workspaces.create({ name }),
    onSuccess: async ({ id }) => {
      navigate(paths.section(id, "projects"));
      await queryClient.invalidateQueries({ queryKey: queryKeys.workspaces });
    },
  });
  return (
    <Dialog title={texts.createTitle} onClose={onClose}>
      <Form error={create.error} onSubmit={({ name = "" }) => create.mutate(name)}>
        <TextField
          name="name"
          label={texts.name}
          hint={texts.nameHint}
          maxLength={200}
          autoComplete="off"
          required
        />
        <div className="dialog-actions">
          <Button onClick={onClose}>{commonTexts.cancel}</Button>
          <Button type="submit" look="primary" isWorking={create.isPending}>
            {texts.createAction}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
