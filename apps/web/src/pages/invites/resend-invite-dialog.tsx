import type { Invite } from "@projostack/sdk";
import { useState } from "react";
import { useWorkspaceChange } from "../../api/use-workspace-change.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { invitesTexts } from "../../texts/invites.ts";
import { InviteSentDialog, type SentLink } from "./invite-sent-dialog.tsx";

const texts = invitesTexts.resend;

interface ResendInviteDialogProps {
  readonly invite: Invite;
  readonly onClose: () => void;
}

/** Sends an invite again, and shows the new link that the user can pass on. */
export default function ResendInviteDialog({ invite, onClose }: ResendInviteDialogProps) {
  const { api } = useWorkspace();
  const [sent, setSent] = useState<SentLink>();
  const { mutate, isPending, error } = useWorkspaceChange({
    // As for a new invite, the cache must not get the token.
    change: async () => {
      const { email, link } = await api.invites.resend({ id: invite.id });
      setSent({ email, link });
    },
  });
  if (sent) return <InviteSentDialog sent={sent} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={texts.title}
      action={texts.action}
      isWorking={isPending}
      error={error}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      {texts.text(invite.email)}
    </ConfirmDialog>
  );
}
