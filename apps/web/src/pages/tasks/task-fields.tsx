import type { TaskStatus } from "@projostack/sdk";
import { SelectField, TextField } from "../../components/field.tsx";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import { ProjectField } from "./choice-field.tsx";
import { taskStatuses } from "./task-filters.ts";

interface TaskFieldsProps {
  readonly title: string;
  readonly status: TaskStatus;
  readonly projectId: string;
  readonly onProjectChange: (projectId: string) => void;
}

/** The fields of a task in the forms that create and edit one. */
export const TaskFields = ({ title, status, projectId, onProjectChange }: TaskFieldsProps) => (
  <>
    <TextField
      name="title"
      label={texts.title}
      defaultValue={title}
      maxLength={400}
      autoComplete="off"
      required
    />
    <ProjectField name="projectId" label={texts.project} value={projectId} onChange={onProjectChange} />
    <SelectField
      name="status"
      label={texts.status}
      defaultValue={status}
      options={taskStatuses.map((value) => ({ value, label: texts.statuses[value] }))}
    />
  </>
);

/** Reads the value of the field "status". */
export const statusOf = (value: string | undefined): TaskStatus =>
  taskStatuses.find((status) => status === value) ?? "todo";
