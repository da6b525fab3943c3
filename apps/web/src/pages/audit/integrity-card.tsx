import type { Checkpoint } from "@projostack/sdk";
import { useState } from "react";
import { useLongWork } from "../../api/use-long-work.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { Notice } from "../../components/notice.tsx";
import { Progress } from "../../components/progress.tsx";
import { auditTexts } from "../../texts/audit.ts";
import { Checkpoints } from "./checkpoints.tsx";
import { verifyLog, type Verification, type VerifyInput, type VerifyProgress } from "./verify-log.ts";

const texts = auditTexts.integrity;

/** Checks the chain of the log, and keeps checkpoints of it. */
export function IntegrityCard() {
  const { api } = useWorkspace();
  const [checkpoint, setCheckpoint] = useState<Checkpoint>();
  const { start, stop, isWorking, progress, result, error } = useLongWork(
    (input: VerifyInput, control: Parameters<typeof verifyLog>[2]) => verifyLog(api, input, control),
  );
  return (
    <Card
      title={texts.title}
      description={texts.description}
      actions={
        isWorking ? (
          <Button onClick={stop}>{texts.stop}</Button>
        ) : (
          <Button look="primary" onClick={() => start({ checkpoint })}>
            {result ? texts.again : texts.verify}
          </Button>
        )
      }
    >
      {isWorking && (
        <Progress label={texts.progress} value={progress && (progress.last?.seq ?? 0) / progress.total}>
          {progress ? progressText(progress) : texts.starting}
        </Progress>
      )}
      {error && <ErrorNotice error={error} onRetry={() => start({ checkpoint, after: progress?.last })} />}
      {result && <VerificationNotice verification={result} />}
      <Checkpoints onChoose={setCheckpoint} />
    </Card>
  );
}

const progressText = ({ last, total, waitSeconds }: VerifyProgress): string =>
  waitSeconds === undefined ? texts.checked(last?.seq ?? 0, total) : texts.waiting(waitSeconds);

function VerificationNotice({ verification }: { readonly verification: Verification }) {
  const { checked, problem, isCompared } = verification;
  if (problem === null) {
    return (
      <Notice kind="success" role="status">
        <p>
          <strong>{texts.intact}</strong> {texts.intactText(checked)}
        </p>
        {isCompared && <p>{texts.matches}</p>}
      </Notice>
    );
  }
  return (
    <Notice kind="danger" role="alert">
      <p>
        <strong>{texts.broken}</strong> {texts.brokenAt(problem.seq)} {problem.message}
      </p>
      <p>{texts.brokenNext}</p>
    </Notice>
  );
}
