import { isReason, type Project } from "@projostack/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { replaceInLists } from "../../api/cached-lists.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Dialog } from "../../components/dialog.tsx";
import { showToast } from "../../components/toasts.tsx";
import { VersionConflict } from "../../components/version-conflict.tsx";
import { projectsTexts as texts } from "../../texts/projects.ts";
import { ProjectForm } from "./project-form.tsx";

interface RenameProjectDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
  readonly onRenamed: () => void;
}

/** Renames a project. If somebody else has renamed it in the meantime, the user selects one of both names. */
export default function RenameProjectDialog({ project, onClose, onRenamed }: RenameProjectDialogProps) {
  const { id: workspaceId, api } = useWorkspace();
  const queryClient = useQueryClient();
  const [conflict, setConflict] = useState<{ readonly name: string; readonly current: Project }>();
  const finish = (saved: Project, text: string) => {
    replaceInLists(queryClient, queryKeys.inWorkspace(workspaceId, "projects"), saved);
    onClose();
    onRenamed();
    showToast(text);
  };
  const rename = useMutation({
    mutationFn: ({ name, base }: { readonly name: string; readonly base: Project }) =>
      api.projects.update({ id: project.id, name, expectedVersion: base.version }),
    onSuccess: (saved) => finish(saved, texts.renameDone),
    onError: (error, { name }) => {
      const current = isReason(error, "project.version_conflict") ? error.current : undefined;
      if (current === undefined) return;
      if (current.name === name) finish(current, texts.renameDone);
      else setConflict({ name, current });
    },
  });
  if (conflict !== undefined) {
    const { name, current } = conflict;
    return (
      <Dialog title={texts.conflictTitle} onClose={onClose}>
        <VersionConflict
          key={current.version}
          text={texts.conflictText}
          changedAt={current.updatedAt}
          fields={[{ label: texts.name, mine: name, current: current.name }]}
          isWorking={rename.isPending}
          error={isReason(rename.error, "project.version_conflict") ? null : rename.error}
          onKeepCurrent={() => finish(current, texts.keptCurrent)}
          onSaveMine={() => rename.mutate({ name, base: current })}
        />
      </Dialog>
    );
  }
  return (
    <Dialog title={texts.renameTitle} onClose={onClose}>
      <ProjectForm
        name={project.name}
        action={texts.renameAction}
        error={rename.error}
        isWorking={rename.isPending}
        onSubmit={(name) => {
          if (name === project.name) onClose();
          else rename.mutate({ name, base: project });
        }}
        onClose={onClose}
      />
    </Dialog>
  );
}
