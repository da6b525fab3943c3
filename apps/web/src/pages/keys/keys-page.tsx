import type { ServiceKey, ServiceKeyStatus } from "@projostack/sdk";
import { lazy, Suspense, useState } from "react";
import { queryKeys } from "../../api/query-keys.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Rows } from "../../components/rows.tsx";
import { StatusControl } from "../../components/status-control.tsx";
import { Page } from "../../layout/page.tsx";
import { keysTexts as texts } from "../../texts/keys.ts";
import { layoutTexts } from "../../texts/layout.ts";
import { KeyRow, type KeyAction } from "./key-row.tsx";

const CreateKeyDialog = lazy(() => import("./create-key-dialog.tsx"));
const RotateKeyDialog = lazy(() => import("./rotate-key-dialog.tsx"));
const RevokeKeyDialog = lazy(() => import("./revoke-key-dialog.tsx"));

interface OpenDialog {
  readonly action: KeyAction;
  readonly serviceKey: ServiceKey;
}

/** The service keys of the workspace. An admin creates, rotates and revokes them. */
export default function KeysPage() {
  const { id, api } = useWorkspace();
  const [status, setStatus] = useState<ServiceKeyStatus>();
  const [open, setOpen] = useState<"create" | OpenDialog>();
  const list = usePagedList({
    queryKey: queryKeys.inWorkspace(id, "keys", status),
    fetchPage: (page, signal) => api.serviceKeys.list({ ...page, status }, { signal }),
  });
  const close = () => setOpen(undefined);
  const hasNone = list.items?.length === 0 && status === undefined;
  return (
    <Page
      title={layoutTexts.sections.keys}
      description={texts.description}
      actions={
        <Button look="primary" icon="plus" onClick={() => setOpen("create")}>
          {texts.create.open}
        </Button>
      }
    >
      <StatusControl
        label={texts.controls}
        field={texts.status}
        all={texts.allStatuses}
        statuses={texts.statuses}
        value={status}
        onChange={setStatus}
      />
      <PagedItems
        list={list}
        empty={
          hasNone ? (
            <EmptyState icon="key" title={texts.empty}>
              {texts.emptyText}
            </EmptyState>
          ) : (
            <EmptyState icon="key" title={texts.noMatch} />
          )
        }
      >
        {(items) => (
          <Rows label={layoutTexts.sections.keys}>
            {items.map((serviceKey) => (
              <KeyRow
                key={serviceKey.id}
                serviceKey={serviceKey}
                onAction={(action) => setOpen({ action, serviceKey })}
              />
            ))}
          </Rows>
        )}
      </PagedItems>
      <Suspense>
        {open === "create" && <CreateKeyDialog onClose={close} />}
        {typeof open === "object" && open.action === "rotate" && (
          <RotateKeyDialog serviceKey={open.serviceKey} onClose={close} />
        )}
        {typeof open === "object" && open.action === "revoke" && (
          <RevokeKeyDialog serviceKey={open.serviceKey} onClose={close} />
        )}
      </Suspense>
    </Page>
  );
}
