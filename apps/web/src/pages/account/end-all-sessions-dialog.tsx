import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client.ts";
import { endSession } from "../../api/session.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { accountTexts } from "../../texts/account.ts";

const texts = accountTexts.sessions;

export default function EndAllSessionsDialog({ onClose }: { readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const endAll = useMutation({
    mutationFn: () => client.auth.signOutEverywhere(),
    onSuccess: () => endSession(queryClient, "signed-out"),
  });
  return (
    <ConfirmDialog
      title={texts.endAllTitle}
      action={texts.endAllAction}
      isDangerous
      isWorking={endAll.isPending}
      error={endAll.error}
      onConfirm={() => endAll.mutate()}
      onClose={onClose}
    >
      {texts.endAllText}
    </ConfirmDialog>
  );
}
