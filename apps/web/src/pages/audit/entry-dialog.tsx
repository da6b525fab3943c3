import type { AuditEntry } from "@projostack/sdk";
import type { ReactNode } from "react";
import { Button } from "../../components/button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Time } from "../../components/time.tsx";
import { auditTexts } from "../../texts/audit.ts";
import { EntryChanges } from "./entry-changes.tsx";
import type { Filters } from "./filters.ts";
import { actionText, actorText, targetText, type Names } from "./names.ts";

const texts = auditTexts.entry;

interface EntryDialogProps {
  readonly entry: AuditEntry;
  readonly names: Names;
  readonly onFilter: (filters: Filters) => void;
  readonly onClose: () => void;
}

/** All that the log says about one action. */
export default function EntryDialog({ entry, names, onFilter, onClose }: EntryDialogProps) {
  const { seq, action, outcome, actor, target, requestId, sessionId } = entry;
  const { userId } = actor;
  return (
    <Dialog title={texts.title(seq)} onClose={onClose}>
      <dl className="audit-details">
        <Detail label={texts.when}>
          <Time at={entry.createdAt} isExact />
        </Detail>
        <Detail label={texts.action} code={action}>
          {actionText(action)}
        </Detail>
        <Detail label={texts.outcome}>{auditTexts.outcomes[outcome]}</Detail>
        <Detail label={texts.actor} code={userId ?? actor.keyId}>
          {actorText(entry, names)}
        </Detail>
        <Detail label={texts.target} code={target.id}>
          {targetText(entry, names)}
        </Detail>
        <Detail label={texts.email}>{entry.email ?? texts.none}</Detail>
        <Detail label={texts.ip}>{entry.ip ?? texts.none}</Detail>
        <Detail label={texts.userAgent}>{entry.userAgent ?? texts.none}</Detail>
        <Detail label={texts.requestId}>
          {requestId === null ? (
            texts.none
          ) : (
            <span className="audit-copied">
              <code>{requestId}</code>
              <CopyButton text={requestId} label={texts.copyRequestId} />
            </span>
          )}
        </Detail>
        <Detail label={texts.session} code={sessionId}>
          {sessionId === null ? texts.none : texts.sessionHint}
        </Detail>
        <Detail label={texts.id} code={entry.id} />
      </dl>
      <EntryChanges before={entry.before} after={entry.after} />
      <div className="dialog-actions">
        {userId !== null && (
          <Button size="small" onClick={() => onFilter({ actor: userId })}>
            {texts.ofActor}
          </Button>
        )}
        <Button size="small" onClick={() => onFilter({ target: `${target.type}:${target.id}` })}>
          {texts.ofTarget}
        </Button>
      </div>
    </Dialog>
  );
}

interface DetailProps {
  readonly label: string;
  /** The value for programs, below the words. */
  readonly code?: string | null;
  readonly children?: ReactNode;
}

const Detail = ({ label, code = null, children }: DetailProps) => (
  <div className="audit-detail">
    <dt>{label}</dt>
    <dd>
      {children}
      {code !== null && <code className="audit-code">{code}</code>}
    </dd>
  </div>
);
