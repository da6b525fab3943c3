import type { Invite, InviteStatus } from "@projostack/sdk";
import type { ComponentProps } from "react";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Row } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { commonTexts } from "../../texts/common.ts";
import { invitesTexts as texts } from "../../texts/invites.ts";

export type InviteAction = "resend" | "revoke";

interface InviteRowProps {
  readonly invite: Invite;
  readonly onAction: (action: InviteAction) => void;
}

const kinds: Record<InviteStatus, ComponentProps<typeof Badge>["kind"]> = {
  pending: "accent",
  accepted: "success",
  declined: "danger",
  revoked: "neutral",
  expired: "warning",
};

export function InviteRow({ invite, onAction }: InviteRowProps) {
  const { email, role, status, createdAt, expiresAt } = invite;
  return (
    <Row
      title={email}
      details={
        <>
          {commonTexts.roles[role]}. {texts.invitedAt} <Time at={createdAt} dayOnly />
          {status === "pending" && (
            <>
              , {texts.validUntil} <Time at={expiresAt} />
            </>
          )}
          {status === "expired" && (
            <>
              , {texts.expiredAt} <Time at={expiresAt} />
            </>
          )}
          . <MailWords invite={invite} />
        </>
      }
      actions={
        <>
          <Badge kind={kinds[status] ?? "neutral"}>{texts.statuses[status]}</Badge>
          {(status === "pending" || status === "expired") && (
            <Button
              size="small"
              aria-label={texts.resend.openLabel(email)}
              onClick={() => onAction("resend")}
            >
              {texts.resend.open}
            </Button>
          )}
          {status === "pending" && (
            <Button
              size="small"
              aria-label={texts.revoke.openLabel(email)}
              onClick={() => onAction("revoke")}
            >
              {texts.revoke.open}
            </Button>
          )}
        </>
      }
    />
  );
}

/** What happened to the mail. The server forgets it when the invite is no longer open. */
function MailWords({ invite: { mailStatus, mailProblem } }: { readonly invite: Invite }) {
  if (mailStatus === null) return null;
  return (
    <span className={mailStatus === "refused" ? "invite-mail-refused" : undefined}>
      {texts.mail[mailStatus]}
      {mailProblem !== null && ` ${texts.problems[mailProblem]}`}
    </span>
  );
}
