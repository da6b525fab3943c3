import { useQuery } from "@tanstack/react-query";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { Loading } from "../../components/loading.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { accountTexts } from "../../texts/account.ts";
import { ResendVerification } from "../auth/resend-verification.tsx";

const texts = accountTexts.email;
const MAIL_CHECK_MS = 3_000;

/** The address of the account, whether it is verified, and what happened to the mail with the link. */
export function EmailCard() {
  const { data, error, refetch } = useQuery({
    queryKey: queryKeys.emailStatus,
    queryFn: async ({ signal }) => await client.email.status({}, { signal }),
    // Shows when the mail server has accepted a mail.
    refetchInterval: (query) =>
      query.state.data?.verification.mailStatus === "waiting" ? MAIL_CHECK_MS : false,
  });
  return (
    <Card title={texts.title}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <Rows label={texts.title}>
          <Row
            title={data.email}
            details={
              data.emailVerifiedAt === null ? (
                <>
                  {data.verification.mailStatus && texts.mail[data.verification.mailStatus]}{" "}
                  {data.verification.mailProblem && texts.problems[data.verification.mailProblem]} {texts.why}
                </>
              ) : (
                <>
                  {texts.verifiedAt} <Time at={data.emailVerifiedAt} dayOnly />
                </>
              )
            }
            actions={
              data.emailVerifiedAt === null ? (
                <Badge kind="warning">{texts.unverified}</Badge>
              ) : (
                <Badge kind="success">{texts.verified}</Badge>
              )
            }
          />
        </Rows>
      )}
      {data?.emailVerifiedAt === null && <ResendVerification label={texts.resend} />}
    </Card>
  );
}
