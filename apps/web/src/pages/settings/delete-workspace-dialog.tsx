import { isReason } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { queryKeys } from "../../api/query-keys.ts";
import { restorableUntil } from "../../api/restorable-until.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Notice } from "../../components/notice.tsx";
import { Time } from "../../components/time.tsx";
import { showToast } from "../../components/toasts.tsx";
import { paths } from "../../paths.ts";
import { settingsTexts } from "../../texts/settings.ts";
import "./delete-workspace-dialog.css";

const texts = settingsTexts.deletion;

/** Deletes the workspace after the user has typed its name, and leads to the other workspaces. */
export default function DeleteWorkspaceDialog({ onClose }: { readonly onClose: () => void }) {
  const { id, api, workspace } = useWorkspace();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const [now] = useState(() => new Date().toISOString());
  const deletion = useMutation({
    mutationFn: async (name: string) => await api.workspaces.delete({ name }),
    onSuccess: async ({ name }) => {
      navigate(paths.workspaces);
      showToast(texts.done(name));
      queryClient.removeQueries({ queryKey: queryKeys.workspace(id) });
      await queryClient.invalidateQueries({ queryKey: queryKeys.workspaces });
    },
    // The refusal may mean that another admin has renamed the workspace.
    onError: () => queryClient.invalidateQueries({ queryKey: queryKeys.workspace(id) }),
  });
  const isRenamed = isReason(deletion.error, "input.invalid");
  return (
    <ConfirmDialog
      title={texts.dialogTitle(workspace.name)}
      action={texts.action}
      isDangerous
      typedName={workspace.name}
      isWorking={deletion.isPending}
      error={isRenamed ? undefined : deletion.error}
      onConfirm={() => deletion.mutate(workspace.name)}
      onClose={onClose}
    >
      <ul className="deletion-steps">
        <li>{texts.atOnce}</li>
        <li>
          {texts.until} <Time at={restorableUntil(now)} dayOnly />: {texts.restorable}
        </li>
        <li>{texts.afterwards}</li>
      </ul>
      {isRenamed && (
        <Notice kind="danger" role="alert">
          {texts.renamed}
        </Notice>
      )}
    </ConfirmDialog>
  );
}
