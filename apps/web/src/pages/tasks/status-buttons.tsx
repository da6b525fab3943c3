import type { TaskStatus } from "@projostack/sdk";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import { taskStatuses } from "./task-filters.ts";
import "./status-buttons.css";

interface StatusButtonsProps {
  readonly title: string;
  readonly status: TaskStatus;
  readonly onSelect: (status: TaskStatus) => void;
}

/** One button for each status. The pressed one is the status of the task. */
export const StatusButtons = ({ title, status, onSelect }: StatusButtonsProps) => (
  <div className="statuses" role="group" aria-label={texts.statusOf(title)}>
    {taskStatuses.map((each) => (
      <button
        key={each}
        type="button"
        className={`status status-${each}`}
        aria-pressed={each === status}
        onClick={() => {
          if (each !== status) onSelect(each);
        }}
      >
        {texts.statuses[each]}
      </button>
    ))}
  </div>
);
