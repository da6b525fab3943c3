import { isReason } from "@projostack/sdk";
import { useQuery } from "@tanstack/react-query";
import { client } from "../../api/client.ts";
import { useMailedToken } from "../../api/mailed-token.ts";
import { useMe } from "../../api/session.ts";
import { LinkButton } from "../../components/button.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { Loading } from "../../components/loading.tsx";
import { Notice } from "../../components/notice.tsx";
import { AuthLayout } from "../../layout/auth-layout.tsx";
import { paths } from "../../paths.ts";
import { authTexts } from "../../texts/auth.ts";
import { InviteChoice } from "./invite-choice.tsx";
import { InviteDetails } from "./invite-details.tsx";

const texts = authTexts.invite;

export default function AcceptInvitePage() {
  const token = useMailedToken(paths.acceptInvite, paths.mailedInvite);
  const { data: me, error: meError, refetch: refetchMe } = useMe();
  const {
    data: invite,
    error,
    refetch,
  } = useQuery({
    queryKey: ["invite-preview", token],
    queryFn: async ({ signal }) => await client.invites.preview({ token: token ?? "" }, { signal }),
    enabled: token !== undefined,
    gcTime: 0,
  });
  if (token === undefined) {
    return (
      <AuthLayout title={texts.title} description={texts.noToken}>
        <LinkButton href={paths.workspaces}>{texts.workspaces}</LinkButton>
      </AuthLayout>
    );
  }
  if (isReason(error, "invite.invalid")) return <InvalidInvite />;
  if (error ?? meError) {
    return (
      <AuthLayout title={texts.title}>
        <ErrorNotice error={error ?? meError} onRetry={() => void Promise.all([refetch(), refetchMe()])} />
      </AuthLayout>
    );
  }
  if (!invite || me === undefined) return <Loading />;
  return (
    <AuthLayout title={texts.titleOf(invite.workspaceName)}>
      <InviteDetails invite={invite} />
      <InviteChoice invite={invite} token={token} me={me} />
    </AuthLayout>
  );
}

/** The server does not say why an invite is refused: the holder of a link may be a stranger. */
const InvalidInvite = () => (
  <AuthLayout title={texts.invalidTitle}>
    <Notice kind="warning">
      <p>{texts.invalid}</p>
      <p>{texts.invalidNext}</p>
    </Notice>
    <LinkButton href={paths.workspaces}>{texts.workspaces}</LinkButton>
  </AuthLayout>
);
