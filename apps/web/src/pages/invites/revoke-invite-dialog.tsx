import type { Invite } from "@projostack/sdk";
import { useWorkspaceChange } from "../../api/use-workspace-change.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { showToast } from "../../components/toasts.tsx";
import { invitesTexts } from "../../texts/invites.ts";

const texts = invitesTexts.revoke;

interface RevokeInviteDialogProps {
  readonly invite: Invite;
  readonly onClose: () => void;
}

export default function RevokeInviteDialog({ invite, onClose }: RevokeInviteDialogProps) {
  const { api } = useWorkspace();
  const { mutate, isPending, error } = useWorkspaceChange({
    change: async () => await api.invites.revoke({ id: invite.id }),
    onDone: () => {
      onClose();
      showToast(texts.done(invite.email));
    },
  });
  return (
    <ConfirmDialog
      title={texts.title}
      action={texts.action}
      isDangerous
      isWorking={isPending}
      error={error}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      {texts.text(invite.email)}
    </ConfirmDialog>
  );
}
