import type { Task } from "@projostack/sdk";
import { memo, useEffect, useRef } from "react";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Icon } from "../../components/icon.tsx";
import { Time } from "../../components/time.tsx";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import { MemberName, ProjectName } from "./names.tsx";
import { StatusButtons } from "./status-buttons.tsx";
import { StatusFailure } from "./status-failure.tsx";
import type { TaskDialogState } from "./task-dialogs.tsx";
import { useChangeStatus } from "./use-change-status.ts";
import "./task-row.css";

interface TaskRowProps {
  readonly task: Task;
  /** Undefined if the project is not among the first ones, which the page has loaded. */
  readonly projectName: string | undefined;
  readonly creatorName: string | undefined;
  readonly canWrite: boolean;
  /** Gets the focus, because a row beside it was deleted. */
  readonly takesFocus: boolean;
  readonly onOpen: (dialog: TaskDialogState) => void;
}

export const TaskRow = memo(function TaskRow(props: TaskRowProps) {
  const { task, projectName, creatorName, canWrite, takesFocus, onOpen } = props;
  const { title, projectId, createdBy, createdAt, updatedAt, version } = task;
  const { status, failure, setStatus, dismiss } = useChangeStatus(task);
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (takesFocus) row.current?.focus();
  }, [takesFocus]);
  return (
    <li ref={row} className="row task-row" tabIndex={-1}>
      <div className="row-text">
        <div className={status === "done" ? "row-title task-done" : "row-title"}>{title}</div>
        <div className="row-details">
          {projectName ?? <ProjectName id={projectId} />} · {texts.by}{" "}
          {creatorName ?? <MemberName id={createdBy} />} · {version === 1 ? texts.created : texts.changed}{" "}
          <Time at={version === 1 ? createdAt : updatedAt} />
        </div>
      </div>
      {canWrite ? (
        <div className="row-actions task-actions">
          <StatusButtons title={title} status={status} onSelect={setStatus} />
          <div className="task-buttons">
            <Button
              look="quiet"
              size="small"
              aria-label={texts.editLabel(title)}
              onClick={() => onOpen({ kind: "edit", task })}
            >
              <Icon name="edit" />
            </Button>
            <Button
              look="quiet"
              size="small"
              aria-label={texts.deleteLabel(title)}
              onClick={() => onOpen({ kind: "delete", task })}
            >
              <Icon name="trash" />
            </Button>
          </div>
        </div>
      ) : (
        <Badge kind={status === "done" ? "success" : status === "doing" ? "accent" : "neutral"}>
          {texts.statuses[status]}
        </Badge>
      )}
      {failure && <StatusFailure task={task} failure={failure} onSelect={setStatus} onDismiss={dismiss} />}
    </li>
  );
});
