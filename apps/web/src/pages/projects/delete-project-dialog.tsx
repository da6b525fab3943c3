import { isReason, type Project } from "@projostack/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Loading } from "../../components/loading.tsx";
import { projectsTexts as texts } from "../../texts/projects.ts";

/** The server has no count of tasks, so the dialog reads one page of them. */
const COUNTED = 100;

interface DeleteProjectDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
  readonly onDeleted: (project: Project) => void;
}

/** Says how many tasks are deleted with the project, and asks for its name if there are any. */
export default function DeleteProjectDialog({ project, onClose, onDeleted }: DeleteProjectDialogProps) {
  const { id: workspaceId, api } = useWorkspace();
  const [shown, setShown] = useState(project);
  const count = useQuery({
    queryKey: queryKeys.inWorkspace(workspaceId, "task-count", project.id),
    queryFn: async ({ signal }) => {
      const { items, nextCursor } = await api.tasks.list(
        { projectId: project.id, limit: COUNTED },
        { signal },
      );
      return { tasks: items.length, hasMore: nextCursor !== null };
    },
    // Each opening of the dialog counts anew.
    staleTime: 0,
    gcTime: 0,
    networkMode: "always",
  });
  const remove = useMutation({
    mutationFn: async () => {
      try {
        await api.projects.delete({ id: shown.id, expectedVersion: shown.version });
      } catch (error) {
        // Somebody else has deleted it, which is the result that the user wants.
        if (!isReason(error, "project.not_found")) throw error;
      }
    },
    onSuccess: () => {
      onClose();
      onDeleted(shown);
    },
    onError: (error) => {
      // The dialog shows the new name and asks again.
      if (isReason(error, "project.version_conflict") && error.current) setShown(error.current);
    },
  });
  if (count.isPending) {
    return (
      <Dialog title={texts.deleteTitle} onClose={onClose}>
        <Loading label={texts.counting} />
      </Dialog>
    );
  }
  const { name } = shown;
  const isEmpty = count.data?.tasks === 0;
  const tasks = count.data ? texts.tasks(count.data.tasks, count.data.hasMore) : texts.allTasks;
  return (
    <ConfirmDialog
      title={texts.deleteTitle}
      action={texts.deleteAction}
      isDangerous
      {...(!isEmpty && { typedName: name })}
      isWorking={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {isEmpty ? texts.deletes(name) : texts.deletesTasks(name, tasks)}
    </ConfirmDialog>
  );
}
