import type { Task } from "@projostack/sdk";
import { lazy, Suspense, useEffect } from "react";

export type TaskDialogState =
  | { readonly kind: "create" }
  | { readonly kind: "edit"; readonly task: Task }
  | { readonly kind: "delete"; readonly task: Task };

const loadCreate = () => import("./create-task-dialog.tsx");
const loadEdit = () => import("./edit-task-dialog.tsx");
const loadDelete = () => import("./delete-task-dialog.tsx");
const CreateTaskDialog = lazy(loadCreate);
const EditTaskDialog = lazy(loadEdit);
const DeleteTaskDialog = lazy(loadDelete);

interface TaskDialogsProps {
  readonly dialog: TaskDialogState | undefined;
  /** The project that the filters select. New tasks get it. */
  readonly projectId: string | undefined;
  readonly onClose: () => void;
  readonly onCreated: (task: Task) => void;
  readonly onDeleted: (task: Task) => void;
}

/** The dialogs of the page. Their scripts load after the page, so that they open at once, also without a network. */
export function TaskDialogs({ dialog, projectId, onClose, onCreated, onDeleted }: TaskDialogsProps) {
  useEffect(() => {
    // A failure appears when the user opens the dialog.
    void Promise.allSettled([loadCreate(), loadEdit(), loadDelete()]);
  }, []);
  return (
    <Suspense>
      {dialog?.kind === "create" && (
        <CreateTaskDialog projectId={projectId} onClose={onClose} onCreated={onCreated} />
      )}
      {dialog?.kind === "edit" && <EditTaskDialog task={dialog.task} onClose={onClose} />}
      {dialog?.kind === "delete" && (
        <DeleteTaskDialog task={dialog.task} onClose={onClose} onDeleted={onDeleted} />
      )}
    </Suspense>
  );
}
