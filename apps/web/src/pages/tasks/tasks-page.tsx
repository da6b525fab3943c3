import type { Task } from "@projostack/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { markOutdated, prependToList, removeFromLists } from "../../api/cached-lists.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Rows } from "../../components/rows.tsx";
import { showToast } from "../../components/toasts.tsx";
import { Page } from "../../layout/page.tsx";
import { layoutTexts } from "../../texts/layout.ts";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import { NoTasks } from "./no-tasks.tsx";
import { TaskDialogs, type TaskDialogState } from "./task-dialogs.tsx";
import { TaskFilterBar } from "./task-filter-bar.tsx";
import {
  beginsWith,
  filterQuery,
  readFilters,
  selectsTasks,
  withFilter,
  type TaskFilters,
} from "./task-filters.ts";
import { TaskRow } from "./task-row.tsx";
import { useMemberOptions, useProjectOptions, type Options } from "./use-names.ts";

const PAGE_SIZE = 50;

/** The tasks of the workspace: filtered and ordered by the query string of the address. */
export default function TasksPage() {
  const { id, api, me, can } = useWorkspace();
  const queryClient = useQueryClient();
  const [query, setQuery] = useSearchParams();
  const filters = useMemo(() => readFilters(query), [query]);
  const [dialog, setDialog] = useState<TaskDialogState>();
  const [focusedId, setFocusedId] = useState<string>();
  const listKey = queryKeys.inWorkspace(id, "tasks");
  const list = usePagedList({
    queryKey: [...listKey, filters],
    fetchPage: (page, signal) => api.tasks.list({ ...filters, ...page, limit: PAGE_SIZE }, { signal }),
  });
  const projectNames = useNames(useProjectOptions().data);
  const memberNames = useNames(useMemberOptions().data);

  const setFilter = (filter: keyof TaskFilters, value: string) => {
    // One step back leaves a search, however many times the user has paused in typing.
    const replace = filter === "search" && filters.search !== undefined && value !== "";
    setQuery((present) => withFilter(present, filter, value), { replace });
  };
  const onCreated = (task: Task) => {
    const isShown = beginsWith(filters, task);
    if (isShown) prependToList(queryClient, [...listKey, filters], task);
    showToast(isShown ? texts.createDone : texts.createHidden);
    void markOutdated(queryClient, listKey);
  };
  const onDeleted = (task: Task) => {
    const items = list.items ?? [];
    const index = items.findIndex((item) => item.id === task.id);
    const neighbour = items[index + 1] ?? items[index - 1];
    removeFromLists(queryClient, listKey, task.id);
    setFocusedId(neighbour?.id);
    // The button that had the focus is gone.
    if (neighbour === undefined) document.querySelector<HTMLElement>("main")?.focus();
    showToast(texts.deleteDone);
    void markOutdated(queryClient, listKey);
  };

  const clear = () => setQuery(filterQuery(filters.order ? { order: filters.order } : {}));

  const canWrite = can("task:write");
  const hasProjects = projectNames === undefined || projectNames.size > 0;
  const actions = (
    <>
      {selectsTasks(filters) && (list.items?.length ?? 0) > 0 && (
        <Button look="quiet" onClick={clear}>
          {texts.clear}
        </Button>
      )}
      {canWrite && hasProjects && (
        <Button look="primary" icon="plus" onClick={() => setDialog({ kind: "create" })}>
          {texts.create}
        </Button>
      )}
    </>
  );
  return (
    <Page title={layoutTexts.sections.tasks} actions={actions}>
      <TaskFilterBar filters={filters} onChange={setFilter} />
      <PagedItems list={list} empty={<NoTasks filters={filters} hasProjects={hasProjects} onClear={clear} />}>
        {(items) => (
          <Rows label={texts.list}>
            {items.map((task) => (
              <TaskRow
                key={task.id}
                task={task}
                projectName={projectNames?.get(task.projectId)}
                creatorName={task.createdBy === me.user.id ? texts.byYou : memberNames?.get(task.createdBy)}
                canWrite={canWrite}
                takesFocus={task.id === focusedId}
                onOpen={setDialog}
              />
            ))}
          </Rows>
        )}
      </PagedItems>
      {canWrite && (
        <TaskDialogs
          dialog={dialog}
          projectId={filters.projectId}
          onClose={() => setDialog(undefined)}
          onCreated={onCreated}
          onDeleted={onDeleted}
        />
      )}
    </Page>
  );
}

const useNames = (options: Options | undefined): ReadonlyMap<string, string> | undefined =>
  useMemo(() => options && new Map(options.items.map(({ value, label }) => [value, label])), [options]);
