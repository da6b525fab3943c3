import { isReason, type Member, type RemovedMember } from "@projostack/sdk";
import { useState } from "react";
import { useWorkspaceChange } from "../../api/use-workspace-change.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { showToast } from "../../components/toasts.tsx";
import { membersTexts } from "../../texts/members.ts";
import { KeysLeftDialog } from "./keys-left-dialog.tsx";

const texts = membersTexts.remove;

interface RemoveMemberDialogProps {
  readonly member: Member;
  readonly onClose: () => void;
}

/** Removes a member, and names the service keys that the member may know. */
export default function RemoveMemberDialog({ member, onClose }: RemoveMemberDialogProps) {
  const { api } = useWorkspace();
  const { email, userId } = member;
  const [keysLeft, setKeysLeft] = useState<RemovedMember["keysLeft"]>([]);
  const { mutate, isPending, error } = useWorkspaceChange({
    change: async () => {
      try {
        return (await api.members.remove({ userId })).keysLeft;
      } catch (problem) {
        // The member has left in the meantime, which is the result that the user wants.
        if (!isReason(problem, "member.not_found")) throw problem;
        return [];
      }
    },
    onDone: (keys) => {
      showToast(texts.done(email));
      if (keys.length === 0) onClose();
      else setKeysLeft(keys);
    },
  });
  if (keysLeft.length > 0) return <KeysLeftDialog email={email} keys={keysLeft} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={texts.title(email)}
      action={texts.action}
      isDangerous
      isWorking={isPending}
      error={error}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      {texts.text}
    </ConfirmDialog>
  );
}
