import type { AuditEntry } from "@projostack/sdk";
import { Badge } from "../../components/badge.tsx";
import { Row } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { auditTexts as texts } from "../../texts/audit.ts";
import { actionText, actorText, targetText, type Names } from "./names.ts";

interface EntryRowProps {
  readonly entry: AuditEntry;
  readonly names: Names;
  readonly onOpen: () => void;
}

/** One entry of the log in a sentence. Its button opens the details. */
export function EntryRow({ entry, names, onOpen }: EntryRowProps) {
  return (
    <Row
      title={
        <button type="button" className="row-link audit-entry" aria-haspopup="dialog" onClick={onOpen}>
          {actionText(entry.action)}
        </button>
      }
      details={
        <>
          {actorText(entry, names)} · {targetText(entry, names)} · <Time at={entry.createdAt} />
        </>
      }
      actions={<OutcomeBadge entry={entry} />}
    />
  );
}

/** Nothing for an action that was done, because this is the rule. */
function OutcomeBadge({ entry: { outcome } }: { readonly entry: AuditEntry }) {
  if (outcome === "ok") return null;
  return <Badge kind={outcome === "denied" ? "warning" : "danger"}>{texts.outcomes[outcome]}</Badge>;
}
