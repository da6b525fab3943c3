import type { ServiceKey } from "@projostack/sdk";
import { useWorkspaceChange } from "../../api/use-workspace-change.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { showToast } from "../../components/toasts.tsx";
import { keysTexts } from "../../texts/keys.ts";

const texts = keysTexts.revoke;

interface RevokeKeyDialogProps {
  readonly serviceKey: ServiceKey;
  readonly onClose: () => void;
}

export default function RevokeKeyDialog({ serviceKey: { id, name }, onClose }: RevokeKeyDialogProps) {
  const { api } = useWorkspace();
  const { mutate, isPending, error } = useWorkspaceChange({
    change: async () => await api.serviceKeys.revoke({ id }),
    onDone: () => {
      onClose();
      showToast(texts.done(name));
    },
  });
  return (
    <ConfirmDialog
      title={texts.title(name)}
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
