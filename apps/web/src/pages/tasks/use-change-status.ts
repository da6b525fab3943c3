import { isReason, type Task, type TaskStatus } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { markOutdated, removeFromLists, replaceInLists, shownInLists } from "../../api/cached-lists.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { showToast } from "../../components/toasts.tsx";
import { tasksTexts as texts } from "../../texts/tasks.ts";

/** Changes the status of a task at once, and takes the change back if the server refuses it. */
export function useChangeStatus(task: Task) {
  const { id: workspaceId, api } = useWorkspace();
  const queryClient = useQueryClient();
  const listKey = queryKeys.inWorkspace(workspaceId, "tasks");
  const change = useMutation({
    // Changes of one task run one after the other: each of them needs the version that the one before it has made.
    scope: { id: `status-of-${task.id}` },
    mutationFn: async (status: TaskStatus): Promise<Task> => {
      const shown = shownInLists(queryClient, listKey, task);
      try {
        return await api.tasks.update({ id: task.id, status, expectedVersion: shown.version });
      } catch (error) {
        const current = isReason(error, "task.version_conflict") ? error.current : undefined;
        // A change of the title or the project is no reason to ask: the user has decided about the status.
        if (current === undefined || current.status !== shown.status) throw error;
        return await api.tasks.update({ id: task.id, status, expectedVersion: current.version });
      }
    },
    onSuccess: (saved) => {
      replaceInLists(queryClient, listKey, saved);
      // The task now belongs to other lists. The present one keeps it, so that the user can take the change back.
      void markOutdated(queryClient, listKey);
    },
    onError: (error) => {
      if (isReason(error, "task.version_conflict") && error.current) {
        replaceInLists(queryClient, listKey, error.current);
      } else if (isReason(error, "task.not_found")) {
        removeFromLists(queryClient, listKey, task.id);
        showToast(texts.gone);
      }
    },
  });
  return {
    /** The status that the user has selected, until the server has answered. */
    status: change.isPending ? change.variables : task.status,
    /** The refused status, with the reason. */
    failure: change.isError ? { status: change.variables, error: change.error } : undefined,
    setStatus: change.mutate,
    dismiss: change.reset,
  };
}
