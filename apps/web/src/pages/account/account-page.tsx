import type { Me } from "../../api/session.ts";
import { Page } from "../../layout/page.tsx";
import { Shell } from "../../layout/shell.tsx";
import { accountTexts as texts } from "../../texts/account.ts";
import { EmailCard } from "./email-card.tsx";
import { PasswordCard } from "./password-card.tsx";
import { SessionsCard } from "./sessions-card.tsx";

export default function AccountPage({ me }: { readonly me: Me }) {
  return (
    <Shell me={me}>
      <Page title={texts.title} description={me.user.email}>
        <EmailCard />
        <PasswordCard me={me} />
        <SessionsCard />
      </Page>
    </Shell>
  );
}
