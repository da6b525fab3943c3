import { isReason, type Task, type TaskStatus } from "@projostack/sdk";
import { Button } from "../../components/button.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { Notice } from "../../components/notice.tsx";
import { tasksTexts as texts } from "../../texts/tasks.ts";

interface StatusFailureProps {
  readonly task: Task;
  readonly failure: { readonly status: TaskStatus; readonly error: Error };
  readonly onSelect: (status: TaskStatus) => void;
  readonly onDismiss: () => void;
}

/** Says why the status was not changed. If somebody else has changed it, the user selects one of both. */
export function StatusFailure({ task, failure, onSelect, onDismiss }: StatusFailureProps) {
  const { status, error } = failure;
  const isConflict = isReason(error, "task.version_conflict");
  return (
    <div className="task-failure">
      {isConflict ? (
        <Notice kind="warning" role="alert">
          <p>{texts.statusConflict(texts.statuses[status], texts.statuses[task.status])}</p>
          <div className="notice-actions">
            <Button size="small" onClick={() => onSelect(status)}>
              {texts.setAnyway(texts.statuses[status])}
            </Button>
            <Button size="small" onClick={onDismiss}>
              {texts.keepStatus(texts.statuses[task.status])}
            </Button>
          </div>
        </Notice>
      ) : (
        <ErrorNotice error={error} onRetry={() => onSelect(status)} />
      )}
    </div>
  );
}
