import { isReason, type Task } from "@projostack/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useWorkspace } from "../../api/workspace-context.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { tasksTexts as texts } from "../../texts/tasks.ts";

interface DeleteTaskDialogProps {
  readonly task: Task;
  readonly onClose: () => void;
  readonly onDeleted: (task: Task) => void;
}

/** Asks before a task is deleted. A task that has changed in the meantime is not deleted: the dialog shows it and asks again. */
export default function DeleteTaskDialog({ task, onClose, onDeleted }: DeleteTaskDialogProps) {
  const { api } = useWorkspace();
  const [shown, setShown] = useState(task);
  const remove = useMutation({
    mutationFn: async () => {
      try {
        await api.tasks.delete({ id: shown.id, expectedVersion: shown.version });
      } catch (error) {
        // Somebody else has deleted it, which is the result that the user wants.
        if (!isReason(error, "task.not_found")) throw error;
      }
    },
    onSuccess: () => {
      onClose();
      onDeleted(shown);
    },
    onError: (error) => {
      if (isReason(error, "task.version_conflict") && error.current) setShown(error.current);
    },
  });
  return (
    <ConfirmDialog
      title={texts.deleteTitle}
      action={texts.deleteAction}
      isDangerous
      isWorking={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {texts.deleteText(shown.title)}
    </ConfirmDialog>
  );
}
