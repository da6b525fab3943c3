import { isReason } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { showToast } from "../../components/toasts.tsx";
import { accountTexts } from "../../texts/account.ts";

const texts = accountTexts.sessions;

interface EndSessionDialogProps {
  readonly id: string;
  /** The name of the device. */
  readonly name: string;
  readonly onClose: () => void;
}

export default function EndSessionDialog({ id, name, onClose }: EndSessionDialogProps) {
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: async () => {
      try {
        await client.sessions.revoke({ id });
      } catch (error) {
        // It has ended in the meantime, which is the result that the user wants.
        if (!isReason(error, "session.not_found")) throw error;
      }
    },
    onSuccess: async () => {
      onClose();
      showToast(texts.ended);
      await queryClient.invalidateQueries({ queryKey: queryKeys.sessions });
    },
  });
  return (
    <ConfirmDialog
      title={texts.endTitle}
      action={texts.endAction}
      isDangerous
      isWorking={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      {texts.endText(name)}
    </ConfirmDialog>
  );
}
