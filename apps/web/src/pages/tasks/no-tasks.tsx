import { useWorkspace } from "../../api/workspace-context.ts";
import { Button, LinkButton } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { paths } from "../../paths.ts";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import { selectsTasks, type TaskFilters } from "./task-filters.ts";

interface NoTasksProps {
  readonly filters: TaskFilters;
  readonly hasProjects: boolean;
  readonly onClear: () => void;
}

/** Shown instead of a list without tasks: it says why there are none, and what the user can do. */
export function NoTasks({ filters, hasProjects, onClear }: NoTasksProps) {
  const { id, can } = useWorkspace();
  if (selectsTasks(filters)) {
    return (
      <EmptyState
        icon="tasks"
        title={texts.noMatch}
        action={<Button onClick={onClear}>{texts.clear}</Button>}
      >
        {texts.noMatchText}
      </EmptyState>
    );
  }
  if (!can("task:write")) {
    return (
      <EmptyState icon="tasks" title={texts.empty}>
        {texts.emptyForViewer}
      </EmptyState>
    );
  }
  return hasProjects ? (
    <EmptyState icon="tasks" title={texts.empty}>
      {texts.emptyText}
    </EmptyState>
  ) : (
    <EmptyState
      icon="tasks"
      title={texts.empty}
      action={<LinkButton href={paths.section(id, "projects")}>{texts.toProjects}</LinkButton>}
    >
      {texts.noProject}
    </EmptyState>
  );
}
