import type { Member } from "@projostack/sdk";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Row } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { commonTexts } from "../../texts/common.ts";
import { membersTexts as texts } from "../../texts/members.ts";

export type MemberAction = "change-role" | "remove" | "leave";

interface MemberRowProps {
  readonly member: Member;
  readonly onAction: (action: MemberAction) => void;
}

/** A member, with what the user may do. Each user may leave. */
export function MemberRow({ member, onAction }: MemberRowProps) {
  const { can, me } = useWorkspace();
  const { userId, email, role, joinedAt } = member;
  const isOwn = userId === me.user.id;
  const managesMembers = can("member:manage");
  return (
    <Row
      title={
        <>
          {email}
          {isOwn && <Badge>{texts.you}</Badge>}
        </>
      }
      details={
        <>
          {texts.joined} <Time at={joinedAt} dayOnly />
        </>
      }
      actions={
        <>
          <Badge kind={role === "admin" ? "accent" : "neutral"}>{commonTexts.roles[role]}</Badge>
          {managesMembers && (
            <Button
              size="small"
              aria-label={texts.changeRole.openLabel(email)}
              onClick={() => onAction("change-role")}
            >
              {texts.changeRole.open}
            </Button>
          )}
          {managesMembers && !isOwn && (
            <Button
              size="small"
              aria-label={texts.remove.openLabel(email)}
              onClick={() => onAction("remove")}
            >
              {texts.remove.open}
            </Button>
          )}
          {isOwn && (
            <Button size="small" aria-label={texts.leave.openLabel} onClick={() => onAction("leave")}>
              {texts.leave.open}
            </Button>
          )}
        </>
      }
    />
  );
}
