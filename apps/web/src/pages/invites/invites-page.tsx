import type { Invite, InviteStatus } from "@projostack/sdk";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { queryKeys } from "../../api/query-keys.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Notice } from "../../components/notice.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Rows } from "../../components/rows.tsx";
import { StatusControl } from "../../components/status-control.tsx";
import { Page } from "../../layout/page.tsx";
import { paths } from "../../paths.ts";
import { invitesTexts as texts } from "../../texts/invites.ts";
import { layoutTexts } from "../../texts/layout.ts";
import { InviteRow, type InviteAction } from "./invite-row.tsx";
import "./invites-page.css";

const CreateInviteDialog = lazy(() => import("./create-invite-dialog.tsx"));
const ResendInviteDialog = lazy(() => import("./resend-invite-dialog.tsx"));
const RevokeInviteDialog = lazy(() => import("./revoke-invite-dialog.tsx"));

interface OpenDialog {
  readonly action: InviteAction;
  readonly invite: Invite;
}

/** The invites of the workspace. An admin sends, repeats and revokes them. */
export default function InvitesPage() {
  const { id, api, me } = useWorkspace();
  const [status, setStatus] = useState<InviteStatus>();
  const [open, setOpen] = useState<"create" | OpenDialog>();
  const list = usePagedList({
    queryKey: queryKeys.inWorkspace(id, "invites", status),
    fetchPage: (page, signal) => api.invites.list({ ...page, status }, { signal }),
    refreshWhile: (items) => items.some(({ mailStatus }) => mailStatus === "waiting"),
  });
  const close = () => setOpen(undefined);
  const hasNone = list.items?.length === 0 && status === undefined;
  return (
    <Page
      title={layoutTexts.sections.invites}
      description={texts.description}
      actions={
        <Button look="primary" icon="plus" onClick={() => setOpen("create")}>
          {texts.create.open}
        </Button>
      }
    >
      {me.user.emailVerifiedAt === null && (
        <Notice kind="warning">
          <p>{texts.unverified}</p>
          <p>
            <Link href={paths.account}>{texts.toAccount}</Link>
          </p>
        </Notice>
      )}
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
            <EmptyState icon="mail" title={texts.empty}>
              {texts.emptyText}
            </EmptyState>
          ) : (
            <EmptyState icon="mail" title={texts.noMatch} />
          )
        }
      >
        {(items) => (
          <Rows label={layoutTexts.sections.invites}>
            {items.map((invite) => (
              <InviteRow key={invite.id} invite={invite} onAction={(action) => setOpen({ action, invite })} />
            ))}
          </Rows>
        )}
      </PagedItems>
      <Suspense>
        {open === "create" && <CreateInviteDialog onClose={close} />}
        {typeof open === "object" && open.action === "resend" && (
          <ResendInviteDialog invite={open.invite} onClose={close} />
        )}
        {typeof open === "object" && open.action === "revoke" && (
          <RevokeInviteDialog invite={open.invite} onClose={close} />
        )}
      </Suspense>
    </Page>
  );
}
