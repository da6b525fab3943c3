import type { AuditEntry } from "@projostack/sdk";
import { lazy, Suspense, useState } from "react";
import { useSearchParams } from "wouter";
import { queryKeys } from "../../api/query-keys.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Rows } from "../../components/rows.tsx";
import { Page } from "../../layout/page.tsx";
import { auditTexts as texts } from "../../texts/audit.ts";
import { layoutTexts } from "../../texts/layout.ts";
import { AuditFilters } from "./audit-filters.tsx";
import { EntryRow } from "./entry-row.tsx";
import { inputOf, readFilters, writeFilters, type Filters } from "./filters.ts";
import { IntegrityCard } from "./integrity-card.tsx";
import { useNames } from "./names.ts";
import "./audit.css";

const EntryDialog = lazy(() => import("./entry-dialog.tsx"));
const ExportDialog = lazy(() => import("./export-dialog.tsx"));

/** The audit log of a workspace. The filters are in the address of the page. */
export default function AuditPage() {
  const { id, api } = useWorkspace();
  const [search, setSearch] = useSearchParams();
  const [opened, setOpened] = useState<AuditEntry | "export">();
  const names = useNames();
  const filters = readFilters(search);
  const isFiltered = Object.keys(filters).length > 0;
  const list = usePagedList({
    queryKey: queryKeys.inWorkspace(id, "audit", "entries", filters),
    fetchPage: (page, signal) => api.audit.list({ ...inputOf(filters), ...page }, { signal }),
  });
  const setFilters = (next: Filters) => setSearch(writeFilters(next));
  const close = () => setOpened(undefined);
  return (
    <Page
      title={layoutTexts.sections.audit}
      description={texts.description}
      actions={<Button onClick={() => setOpened("export")}>{texts.export.open}</Button>}
    >
      <IntegrityCard />
      <AuditFilters filters={filters} names={names} onChange={setFilters} />
      <PagedItems
        list={list}
        empty={
          <EmptyState icon="list" title={isFiltered ? texts.noMatch : texts.empty}>
            {isFiltered ? texts.noMatchText : undefined}
          </EmptyState>
        }
      >
        {(items) => (
          <Rows label={layoutTexts.sections.audit}>
            {items.map((entry) => (
              <EntryRow key={entry.id} entry={entry} names={names} onOpen={() => setOpened(entry)} />
            ))}
          </Rows>
        )}
      </PagedItems>
      <Suspense>
        {opened === "export" && <ExportDialog onClose={close} />}
        {opened !== undefined && opened !== "export" && (
          <EntryDialog
            entry={opened}
            names={names}
            onFilter={(next) => {
              setFilters(next);
              close();
            }}
            onClose={close}
          />
        )}
      </Suspense>
    </Page>
  );
}
