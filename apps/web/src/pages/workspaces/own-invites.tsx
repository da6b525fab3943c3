import type { OwnInvite } from "@projostack/sdk";
import { lazy, Suspense, useState } from "react";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { commonTexts } from "../../texts/common.ts";
import { workspacesTexts as texts } from "../../texts/workspaces.ts";

const DeclineInviteDialog = lazy(() => import("./decline-invite-dialog.tsx"));

/** The pending invites of the user, who can decline them. Nothing is shown without one. The server tells no tokens: the mails have them. */
export function OwnInvites() {
  const [declining, setDeclining] = useState<OwnInvite>();
  const list = usePagedList({
    queryKey: queryKeys.ownInvites,
    fetchPage: (page, signal) => client.invites.listMine(page, { signal }),
  });
  const isEmpty = list.items === undefined || list.items.length === 0;
  // The dialog stays when its invite has left the list, to say why the invite could not be declined.
  if (isEmpty && list.error === null && declining === undefined) return null;
  return (
    <Card title={texts.invites} description={texts.invitesText}>
      <PagedItems list={list} empty={null}>
        {(items) => (
          <Rows label={texts.invites}>
            {items.map((invite) => (
              <Row
                key={invite.id}
                title={invite.workspaceName}
                details={
                  <>
                    {texts.inviteFrom(invite.inviterEmail)}, {texts.validUntil} <Time at={invite.expiresAt} />
                  </>
                }
                actions={
                  <>
                    <Badge>{commonTexts.roles[invite.role]}</Badge>
                    <Button
                      size="small"
                      aria-label={texts.decline.openLabel(invite.workspaceName)}
                      onClick={() => setDeclining(invite)}
                    >
                      {texts.decline.open}
                    </Button>
                  </>
                }
              />
            ))}
          </Rows>
        )}
      </PagedItems>
      <Suspense>
        {declining && (
          <DeclineInviteDialog
            invite={{ id: declining.id }}
            workspaceName={declining.workspaceName}
            onClose={() => setDeclining(undefined)}
          />
        )}
      </Suspense>
    </Card>
  );
}
