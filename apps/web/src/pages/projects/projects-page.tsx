import type { Project } from "@projostack/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { markOutdated, prependToList, removeFromLists } from "../../api/cached-lists.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { SelectField } from "../../components/field.tsx";
import { Filters } from "../../components/filters.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Rows } from "../../components/rows.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { showToast } from "../../components/toasts.tsx";
import { Page } from "../../layout/page.tsx";
import { layoutTexts } from "../../texts/layout.ts";
import { projectsTexts as texts } from "../../texts/projects.ts";
import { listOrders, readOrder, readSearch, withParameter } from "../list-query.ts";
import { NoProjects } from "./no-projects.tsx";
import { ProjectDialogs, type ProjectDialogState } from "./project-dialogs.tsx";
import { ProjectRow } from "./project-row.tsx";

const PAGE_SIZE = 50;

/** The projects of the workspace: searched and ordered by the query string of the address. */
export default function ProjectsPage() {
  const { id, api, can } = useWorkspace();
  const queryClient = useQueryClient();
  const [query, setQuery] = useSearchParams();
  const [dialog, setDialog] = useState<ProjectDialogState>();
  const [focusedId, setFocusedId] = useState<string>();
  const search = readSearch(query);
  const order = readOrder(query);
  const listKey = queryKeys.inWorkspace(id, "projects");
  const queryKey = [...listKey, { search, order }];
  const list = usePagedList({
    queryKey,
    fetchPage: (page, signal) =>
      api.projects.list(
        { ...(search && { search }), ...(order && { order }), ...page, limit: PAGE_SIZE },
        { signal },
      ),
  });

  const afterChange = () => {
    void markOutdated(queryClient, listKey);
    void queryClient.invalidateQueries({ queryKey: queryKeys.inWorkspace(id, "project-names") });
  };
  const onCreated = (project: Project) => {
    if (search === undefined && order !== "oldest") prependToList(queryClient, queryKey, project);
    showToast(texts.createDone(project.name));
    afterChange();
  };
  const onDeleted = (project: Project) => {
    const items = list.items ?? [];
    const index = items.findIndex((item) => item.id === project.id);
    const neighbour = items[index + 1] ?? items[index - 1];
    removeFromLists(queryClient, listKey, project.id);
    setFocusedId(neighbour?.id);
    // The button that had the focus is gone.
    if (neighbour === undefined) document.querySelector<HTMLElement>("main")?.focus();
    showToast(texts.deleteDone(project.name));
    afterChange();
    void queryClient.invalidateQueries({ queryKey: queryKeys.inWorkspace(id, "tasks") });
  };
  const setParameter = (name: "search" | "order", value: string) => {
    // One step back leaves a search, however many times the user has paused in typing.
    const replace = name === "search" && search !== undefined && value !== "";
    setQuery((present) => withParameter(present, name, value), { replace });
  };

  const create = can("project:write") && (
    <Button look="primary" icon="plus" onClick={() => setDialog({ kind: "create" })}>
      {texts.create}
    </Button>
  );
  return (
    <Page title={layoutTexts.sections.projects} description={texts.description} actions={create}>
      <Filters label={texts.filters}>
        <SearchField
          name="search"
          label={texts.search}
          value={search ?? ""}
          onChange={(value) => setParameter("search", value)}
        />
        <SelectField
          name="order"
          label={texts.order}
          value={order ?? "newest"}
          options={listOrders.map((value) => ({ value, label: texts.orders[value] }))}
          onChange={({ currentTarget: { value } }) => setParameter("order", value === "newest" ? "" : value)}
        />
      </Filters>
      <PagedItems
        list={list}
        empty={<NoProjects isSearch={search !== undefined} onClear={() => setParameter("search", "")} />}
      >
        {(items) => (
          <Rows label={texts.list}>
            {items.map((project) => (
              <ProjectRow
                key={project.id}
                project={project}
                takesFocus={project.id === focusedId}
                onOpen={setDialog}
              />
            ))}
          </Rows>
        )}
      </PagedItems>
      <ProjectDialogs
        dialog={dialog}
        onClose={() => setDialog(undefined)}
        onCreated={onCreated}
        onRenamed={afterChange}
        onDeleted={onDeleted}
      />
    </Page>
  );
}
