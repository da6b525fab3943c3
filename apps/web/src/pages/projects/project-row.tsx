import type { Project } from "@projostack/sdk";
import { memo, useEffect, useRef } from "react";
import { Link } from "wouter";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Icon } from "../../components/icon.tsx";
import { Time } from "../../components/time.tsx";
import { paths } from "../../paths.ts";
import { projectsTexts as texts } from "../../texts/projects.ts";
import { filterQuery } from "../tasks/task-filters.ts";
import type { ProjectDialogState } from "./project-dialogs.tsx";
import "./project-row.css";

interface ProjectRowProps {
  readonly project: Project;
  /** Gets the focus, because a row beside it was deleted. */
  readonly takesFocus: boolean;
  readonly onOpen: (dialog: ProjectDialogState) => void;
}

/** A project, which leads to its tasks. */
export const ProjectRow = memo(function ProjectRow({ project, takesFocus, onOpen }: ProjectRowProps) {
  const { id: workspaceId, can } = useWorkspace();
  const { id, name, createdAt, updatedAt, version } = project;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (takesFocus) row.current?.focus();
  }, [takesFocus]);
  const tasks = `${paths.section(workspaceId, "tasks")}?${filterQuery({ projectId: id })}`;
  return (
    <li ref={row} className="row project-row" tabIndex={-1}>
      <div className="row-text">
        <div className="row-title">
          <Link href={tasks} className="row-link">
            {name}
          </Link>
        </div>
        <div className="row-details">
          {texts.created} <Time at={createdAt} dayOnly />
          {version > 1 && (
            <>
              , {texts.renamedAt} <Time at={updatedAt} dayOnly />
            </>
          )}
        </div>
      </div>
      <div className="row-actions project-actions">
        {can("project:write") && (
          <Button
            look="quiet"
            size="small"
            aria-label={texts.renameLabel(name)}
            onClick={() => onOpen({ kind: "rename", project })}
          >
            <Icon name="edit" />
          </Button>
        )}
        {can("project:delete") && (
          <Button
            look="quiet"
            size="small"
            aria-label={texts.deleteLabel(name)}
            onClick={() => onOpen({ kind: "delete", project })}
          >
            <Icon name="trash" />
          </Button>
        )}
      </div>
    </li>
  );
});
