import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { projectsTexts as texts } from "../../texts/projects.ts";

interface NoProjectsProps {
  readonly isSearch: boolean;
  readonly onClear: () => void;
}

/** Shown instead of a list without projects. */
export function NoProjects({ isSearch, onClear }: NoProjectsProps) {
  const { can } = useWorkspace();
  if (isSearch) {
    return (
      <EmptyState
        icon="folder"
        title={texts.noMatch}
        action={<Button onClick={onClear}>{texts.clear}</Button>}
      />
    );
  }
  return (
    <EmptyState icon="folder" title={texts.empty}>
      {can("project:write") ? texts.emptyText : texts.emptyForViewer}
    </EmptyState>
  );
}
