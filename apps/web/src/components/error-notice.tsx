import { describeError } from "../api/error-text.ts";
import { errorTexts } from "../texts/errors.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Notice } from "./notice.tsx";

interface ErrorNoticeProps {
  readonly error: unknown;
  /** Offers to repeat the call. */
  readonly onRetry?: () => void;
}

/** Says why a call failed, with the id of the request for the operator of the server. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const { text, requestId } = describeError(error);
  return (
    <Notice kind="danger" role="alert">
      <p>{text}</p>
      {requestId !== undefined && (
        <div className="notice-request">
          <span className="notice-label">{errorTexts.requestId}</span>
          <code>{requestId}</code>
          <CopyButton text={requestId} label={errorTexts.copyRequestId} />
        </div>
      )}
      {onRetry && (
        <div className="notice-actions">
          <Button size="small" onClick={onRetry}>
            {errorTexts.retry}
          </Button>
        </div>
      )}
    </Notice>
  );
}
