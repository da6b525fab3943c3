import { isReason } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { showToast } from "../../components/toasts.tsx";
import { paths } from "../../paths.ts";
import { membersTexts } from "../../texts/members.ts";
import { OnlyAdminNotice } from "./only-admin-notice.tsx";
import { useIsOnlyAdmin } from "./use-is-only-admin.ts";

const texts = membersTexts.leave;

/** Ends the membership of the user, and leads to the other workspaces. */
export default function LeaveDialog({ onClose }: { readonly onClose: () => void }) {
  const { id, workspace } = useWorkspace();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const isOnlyAdmin = useIsOnlyAdmin();
  const leave = useMutation({
    mutationFn: async () => {
      try {
        await client.workspaces.leave({ workspaceId: id });
      } catch (error) {
        // The membership has ended in the meantime, which is the result that the user wants.
        if (!isReason(error, "workspace.not_found")) throw error;
      }
    },
    onSuccess: async () => {
      navigate(paths.workspaces);
      showToast(texts.done(workspace.name));
      queryClient.removeQueries({ queryKey: queryKeys.workspace(id) });
      await queryClient.invalidateQueries({ queryKey: queryKeys.workspaces });
    },
  });
  if (isOnlyAdmin === true) {
    return (
      <Dialog title={texts.title(workspace.name)} onClose={onClose}>
        <OnlyAdminNotice />
        <div className="dialog-actions">
          <Button onClick={onClose}>{membersTexts.onlyAdmin.close}</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={texts.title(workspace.name)}
      action={texts.action}
      isDangerous
      isWorking={leave.isPending}
      error={leave.error}
      onConfirm={() => leave.mutate()}
      onClose={onClose}
    >
      {texts.text}
    </ConfirmDialog>
  );
}
