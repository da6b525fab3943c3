import type { Project } from "@projostack/sdk";
import { useMutation } from "@tanstack/react-query";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Dialog } from "../../components/dialog.tsx";
import { projectsTexts as texts } from "../../texts/projects.ts";
import { ProjectForm } from "./project-form.tsx";

interface CreateProjectDialogProps {
  readonly onClose: () => void;
  readonly onCreated: (project: Project) => void;
}

export default function CreateProjectDialog({ onClose, onCreated }: CreateProjectDialogProps) {
  const { api } = useWorkspace();
  const create = useMutation({
    mutationFn: (name: string) => api.projects.create({ name }),
    onSuccess: (project) => {
      onClose();
      onCreated(project);
    },
  });
  return (
    <Dialog title={texts.create} onClose={onClose}>
      <ProjectForm
        name=""
        action={texts.createAction}
        error={create.error}
        isWorking={create.isPending}
        onSubmit={create.mutate}
        onClose={onClose}
      />
    </Dialog>
  );
}
