import { isReason, type Task, type TaskStatus } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { markOutdated, replaceInLists } from "../../api/cached-lists.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { showToast } from "../../components/toasts.tsx";
import { tasksTexts as texts } from "../../texts/tasks.ts";

/** The fields that the user has edited. */
export interface TaskChange {
  readonly title?: string;
  readonly status?: TaskStatus;
  readonly projectId?: string;
}

interface Edit {
  readonly change: TaskChange;
  /** The version on which the change is based. */
  readonly base: Task;
}

interface Conflict {
  readonly change: TaskChange;
  readonly current: Task;
}

/** Saves the edited fields of a task, unless it has another version than the one that the user has seen. */
export function useEditTask(task: Task, onDone: () => void) {
  const { id: workspaceId, api } = useWorkspace();
  const queryClient = useQueryClient();
  const listKey = queryKeys.inWorkspace(workspaceId, "tasks");
  const [conflict, setConflict] = useState<Conflict>();
  const finish = (saved: Task, text: string) => {
    replaceInLists(queryClient, listKey, saved);
    void markOutdated(queryClient, listKey);
    onDone();
    showToast(text);
  };
  const update = useMutation({
    mutationFn: ({ change, base }: Edit) =>
      api.tasks.update({ ...change, id: task.id, expectedVersion: base.version }),
    onSuccess: (saved) => finish(saved, texts.editDone),
    onError: (error, { change }) => {
      const current = isReason(error, "task.version_conflict") ? error.current : undefined;
      if (current === undefined) return;
      if (isIn(change, current)) finish(current, texts.editDone);
      else setConflict({ change, current });
    },
  });
  const isConflict = isReason(update.error, "task.version_conflict") && conflict !== undefined;
  return {
    save: (change: TaskChange, base: Task) => {
      if (isIn(change, base)) onDone();
      else update.mutate({ change, base });
    },
    conflict,
    keepCurrent: () => {
      if (conflict) finish(conflict.current, texts.keptCurrent);
    },
    error: isConflict ? null : update.error,
    isWorking: update.isPending,
  };
}

/** Whether the task has all values of the change. */
const isIn = (change: TaskChange, task: Task): boolean =>
  (change.title ?? task.title) === task.title &&
  (change.status ?? task.status) === task.status &&
  (change.projectId ?? task.projectId) === task.projectId;
