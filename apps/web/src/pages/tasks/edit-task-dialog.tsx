import type { Task } from "@projostack/sdk";
import { useState } from "react";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Form } from "../../components/form.tsx";
import { VersionConflict } from "../../components/version-conflict.tsx";
import { commonTexts } from "../../texts/common.ts";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import { statusOf, TaskFields } from "./task-fields.tsx";
import { useEditTask, type TaskChange } from "./use-edit-task.ts";
import { useProjectName } from "./use-names.ts";

interface EditTaskDialogProps {
  readonly task: Task;
  readonly onClose: () => void;
}

/** Edits a task. If somebody else has changed it in the meantime, the user selects one of both versions. */
export default function EditTaskDialog({ task, onClose }: EditTaskDialogProps) {
  const [projectId, setProjectId] = useState(task.projectId);
  const { save, conflict, keepCurrent, error, isWorking } = useEditTask(task, onClose);
  if (conflict !== undefined) {
    return (
      <Dialog title={texts.conflictTitle} onClose={onClose}>
        <TaskConflict
          {...conflict}
          error={error}
          isWorking={isWorking}
          onKeepCurrent={keepCurrent}
          onSaveMine={() => save(conflict.change, conflict.current)}
        />
      </Dialog>
    );
  }
  return (
    <Dialog title={texts.editTitle} onClose={onClose}>
      <Form
        error={error}
        onSubmit={({ title = "", status }) => {
          const trimmed = title.trim();
          const selected = statusOf(status);
          save(
            {
              ...(trimmed !== task.title && { title: trimmed }),
              ...(selected !== task.status && { status: selected }),
              ...(projectId !== task.projectId && { projectId }),
            },
            task,
          );
        }}
      >
        <TaskFields
          title={task.title}
          status={task.status}
          projectId={projectId}
          onProjectChange={setProjectId}
        />
        <div className="dialog-actions">
          <Button onClick={onClose}>{commonTexts.cancel}</Button>
          <Button type="submit" look="primary" isWorking={isWorking}>
            {texts.editAction}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

interface TaskConflictProps {
  readonly change: TaskChange;
  readonly current: Task;
  readonly error: unknown;
  readonly isWorking: boolean;
  readonly onKeepCurrent: () => void;
  readonly onSaveMine: () => void;
}

function TaskConflict({ change, current, ...rest }: TaskConflictProps) {
  const mine: Task = { ...current, ...change };
  const mineProject = useProjectName(mine.projectId) ?? "…";
  const currentProject = useProjectName(current.projectId) ?? "…";
  return (
    <VersionConflict
      key={current.version}
      {...rest}
      text={texts.conflictText}
      changedAt={current.updatedAt}
      fields={[
        { label: texts.title, mine: mine.title, current: current.title },
        { label: texts.project, mine: mineProject, current: currentProject },
        { label: texts.status, mine: texts.statuses[mine.status], current: texts.statuses[current.status] },
      ]}
    />
  );
}
