import { useWorkspace } from "../../api/workspace-context.ts";
import { Page } from "../../layout/page.tsx";
import { layoutTexts } from "../../texts/layout.ts";
import { DeletionCard } from "./deletion-card.tsx";
import { MembershipCard } from "./membership-card.tsx";
import { NameCard } from "./name-card.tsx";

/** The workspace itself, and the membership of the user in it. */
export default function SettingsPage() {
  const { can } = useWorkspace();
  return (
    <Page title={layoutTexts.sections.settings}>
      <NameCard />
      <MembershipCard />
      {can("workspace:delete") && <DeletionCard />}
    </Page>
  );
}
