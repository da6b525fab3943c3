import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import type { Me } from "../../api/session.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { Notice } from "../../components/notice.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { Page } from "../../layout/page.tsx";
import { Shell } from "../../layout/shell.tsx";
import { paths } from "../../paths.ts";
import { commonTexts } from "../../texts/common.ts";
import { workspacesTexts as texts } from "../../texts/workspaces.ts";
import { DeletedWorkspaces } from "./deleted-workspaces.tsx";
import { OwnInvites } from "./own-invites.tsx";

const CreateWorkspaceDialog = lazy(() => import("./create-workspace-dialog.tsx"));

/** All workspaces of the user, and the invites that the user has not accepted yet. */
export default function WorkspacesPage({ me }: { readonly me: Me }) {
  const [isCreating, setCreating] = useState(false);
  const list = usePagedList({
    queryKey: queryKeys.workspaces,
    fetchPage: (page, signal) => client.workspaces.list(page, { signal }),
  });
  const create = (
    <Button look="primary" icon="plus" onClick={() => setCreating(true)}>
      {texts.create}
    </Button>
  );
  const isEmpty = list.items?.length === 0;
  return (
    <Shell me={me}>
      <Page title={texts.title} description={texts.description} actions={isEmpty ? undefined : create}>
        {me.user.emailVerifiedAt === null && (
          <Notice kind="warning">
            <p>{texts.unverified}</p>
            <p>
              <Link href={paths.account}>{texts.toAccount}</Link>
            </p>
          </Notice>
        )}
        <PagedItems
          list={list}
          empty={
            <EmptyState icon="folder" title={texts.empty} action={create}>
              {texts.emptyText}
            </EmptyState>
          }
        >
          {(items) => (
            <Rows label={texts.list}>
              {items.map(({ id, name, role, createdAt }) => (
                <Row
                  key={id}
                  title={
                    <Link href={paths.section(id, "projects")} className="row-link">
                      {name}
                    </Link>
                  }
                  details={
                    <>
                      {texts.since} <Time at={createdAt} dayOnly />
                    </>
                  }
                  actions={
                    <Badge kind={role === "admin" ? "accent" : "neutral"}>{commonTexts.roles[role]}</Badge>
                  }
                />
              ))}
            </Rows>
          )}
        </PagedItems>
        <OwnInvites />
        {list.items !== undefined && <DeletedWorkspaces />}
      </Page>
      <Suspense>{isCreating && <CreateWorkspaceDialog onClose={() => setCreating(false)} />}</Suspense>
    </Shell>
  );
}
