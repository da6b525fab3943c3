import type { Member } from "@projostack/sdk";
import { lazy, Suspense, useState } from "react";
import { queryKeys } from "../../api/query-keys.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { LinkButton } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Rows } from "../../components/rows.tsx";
import { Page } from "../../layout/page.tsx";
import { paths } from "../../paths.ts";
import { layoutTexts } from "../../texts/layout.ts";
import { membersTexts as texts } from "../../texts/members.ts";
import { MemberControls, type MemberFilters } from "./member-controls.tsx";
import { MemberRow, type MemberAction } from "./member-row.tsx";

const ChangeRoleDialog = lazy(() => import("./change-role-dialog.tsx"));
const RemoveMemberDialog = lazy(() => import("./remove-member-dialog.tsx"));
const LeaveDialog = lazy(() => import("./leave-dialog.tsx"));

/** The members of the workspace. Admins change roles and remove members; each user can leave. */
export default function MembersPage() {
  const { id, api, can } = useWorkspace();
  const [filters, setFilters] = useState<MemberFilters>({});
  const [open, setOpen] = useState<{ readonly action: MemberAction; readonly member: Member }>();
  const list = usePagedList({
    queryKey: queryKeys.inWorkspace(id, "members", filters),
    fetchPage: (page, signal) => api.members.list({ ...filters, ...page }, { signal }),
  });
  const close = () => setOpen(undefined);
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Page
      title={layoutTexts.sections.members}
      description={texts.description}
      actions={
        can("invite:manage") ? (
          <LinkButton href={paths.section(id, "invites")}>{texts.invite}</LinkButton>
        ) : undefined
      }
    >
      <MemberControls onChange={setFilters} />
      <PagedItems
        list={list}
        empty={
          <div role="status">
            <EmptyState icon="people" title={isFiltered ? texts.noMatch : texts.empty}>
              {isFiltered ? texts.noMatchText : undefined}
            </EmptyState>
          </div>
        }
      >
        {(items) => (
          <Rows label={layoutTexts.sections.members}>
            {items.map((member) => (
              <MemberRow
                key={member.userId}
                member={member}
                onAction={(action) => setOpen({ action, member })}
              />
            ))}
          </Rows>
        )}
      </PagedItems>
      <Suspense>
        {open?.action === "change-role" && <ChangeRoleDialog member={open.member} onClose={close} />}
        {open?.action === "remove" && <RemoveMemberDialog member={open.member} onClose={close} />}
        {open?.action === "leave" && <LeaveDialog onClose={close} />}
      </Suspense>
    </Page>
  );
}
