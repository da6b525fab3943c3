import { lazy, Suspense, useState } from "react";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { commonTexts } from "../../texts/common.ts";
import { rolesTexts } from "../../texts/roles.ts";
import { settingsTexts } from "../../texts/settings.ts";

const texts = settingsTexts.membership;
const LeaveDialog = lazy(() => import("../members/leave-dialog.tsx"));

/** The role of the user. Each user can leave the workspace. */
export function MembershipCard() {
  const { workspace } = useWorkspace();
  const [isLeaving, setLeaving] = useState(false);
  return (
    <Card title={texts.title}>
      <Rows label={texts.title}>
        <Row
          title={`${texts.role}: ${commonTexts.roles[workspace.role]}`}
          details={rolesTexts.descriptions[workspace.role]}
          actions={<Button onClick={() => setLeaving(true)}>{texts.leave}</Button>}
        />
      </Rows>
      <Suspense>{isLeaving && <LeaveDialog onClose={() => setLeaving(false)} />}</Suspense>
    </Card>
  );
}
