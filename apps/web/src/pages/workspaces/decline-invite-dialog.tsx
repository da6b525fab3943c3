import type { InvitesDeclineInput } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { showToast } from "../../components/toasts.tsx";
import { workspacesTexts } from "../../texts/workspaces.ts";

const texts = workspacesTexts.decline;

interface DeclineInviteDialogProps {
  /** Selects the invite by its id or by the token of a mailed link. */
  readonly invite: InvitesDeclineInput;
  readonly workspaceName: string;
  readonly onDeclined?: () => void;
  readonly onClose: () => void;
}

export default function DeclineInviteDialog({
  invite,
  workspaceName,
  onDeclined,
  onClose,
}: DeclineInviteDialogProps) {
  const queryClient = useQueryClient();
  const decline = useMutation({
    mutationFn: async () => await client.invites.decline(invite),
    onSuccess: () => {
      onClose();
      showToast(texts.done(workspaceName));
      onDeclined?.();
    },
    // A refused invite is no longer open either.
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.ownInvites }),
  });
  return (
    <ConfirmDialog
      title={texts.title(workspaceName)}
      action={texts.action}
      isDangerous
      isWorking={decline.isPending}
      error={decline.error}
      onConfirm={() => decline.mutate()}
      onClose={onClose}
    >
      {texts.text}
    </ConfirmDialog>
  );
}
