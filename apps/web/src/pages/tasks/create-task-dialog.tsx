import type { Task, TaskStatus } from "@projostack/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Form } from "../../components/form.tsx";
import { commonTexts } from "../../texts/common.ts";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import { statusOf, TaskFields } from "./task-fields.tsx";
import { useProjectOptions } from "./use-names.ts";

interface CreateTaskDialogProps {
  readonly projectId: string | undefined;
  readonly onClose: () => void;
  readonly onCreated: (task: Task) => void;
}

interface NewTask {
  readonly title: string;
  readonly status: TaskStatus;
  readonly projectId: string;
}

export default function CreateTaskDialog({ projectId, onClose, onCreated }: CreateTaskDialogProps) {
  const { api } = useWorkspace();
  const { data: projects } = useProjectOptions();
  const [selected, setSelected] = useState(projectId);
  const shown = selected ?? projects?.items[0]?.value ?? "";
  const create = useMutation({
    mutationFn: (task: NewTask) => api.tasks.create(task),
    onSuccess: (task) => {
      onClose();
      onCreated(task);
    },
  });
  return (
    <Dialog title={texts.create} onClose={onClose}>
      <Form
        error={create.error}
        onSubmit={({ title = "", status }) =>
          create.mutate({ title, status: statusOf(status), projectId: shown })
        }
      >
        <TaskFields title="" status="todo" projectId={shown} onProjectChange={setSelected} />
        <div className="dialog-actions">
          <Button onClick={onClose}>{commonTexts.cancel}</Button>
          <Button type="submit" look="primary" isWorking={create.isPending}>
            {texts.createAction}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
