import type { Project } from "@projostack/sdk";
import { lazy, Suspense, useEffect } from "react";

export type ProjectDialogState =
  | { readonly kind: "create" }
  | { readonly kind: "rename"; readonly project: Project }
  | { readonly kind: "delete"; readonly project: Project };

const loadCreate = () => import("./create-project-dialog.tsx");
const loadRename = () => import("./rename-project-dialog.tsx");
const loadDelete = () => import("./delete-project-dialog.tsx");
const CreateProjectDialog = lazy(loadCreate);
const RenameProjectDialog = lazy(loadRename);
const DeleteProjectDialog = lazy(loadDelete);

interface ProjectDialogsProps {
  readonly dialog: ProjectDialogState | undefined;
  readonly onClose: () => void;
  readonly onCreated: (project: Project) => void;
  readonly onRenamed: () => void;
  readonly onDeleted: (project: Project) => void;
}

/** The dialogs of the page. Their scripts load after the page, so that they open at once, also without a network. */
export function ProjectDialogs({ dialog, onClose, onCreated, onRenamed, onDeleted }: ProjectDialogsProps) {
  useEffect(() => {
    // A failure appears when the user opens the dialog.
    void Promise.allSettled([loadCreate(), loadRename(), loadDelete()]);
  }, []);
  return (
    <Suspense>
      {dialog?.kind === "create" && <CreateProjectDialog onClose={onClose} onCreated={onCreated} />}
      {dialog?.kind === "rename" && (
        <RenameProjectDialog project={dialog.project} onClose={onClose} onRenamed={onRenamed} />
      )}
      {dialog?.kind === "delete" && (
        <DeleteProjectDialog project={dialog.project} onClose={onClose} onDeleted={onDeleted} />
      )}
    </Suspense>
  );
}
