import { useEffect, useRef } from "react";
import { conflictTexts as texts } from "../texts/conflicts.ts";
import { Button } from "./button.tsx";
import { ErrorNotice } from "./error-notice.tsx";
import { Time } from "./time.tsx";
import "./version-conflict.css";

interface ConflictField {
  readonly label: string;
  readonly mine: string;
  readonly current: string;
}

interface VersionConflictProps {
  /** Says what has been changed by somebody else. */
  readonly text: string;
  readonly changedAt: string;
  readonly fields: readonly ConflictField[];
  readonly isWorking: boolean;
  /** Why the own version was not saved, other than for a further conflict. */
  readonly error?: unknown;
  readonly onKeepCurrent: () => void;
  readonly onSaveMine: () => void;
}

/**
 * Shows the own version and the current one, of which the user selects one. It gets the focus, so that a screen reader reads it. Its
 * `key` is the current version, so that a further conflict is read too.
 */
export function VersionConflict(props: VersionConflictProps) {
  const { text, changedAt, fields, isWorking, error, onKeepCurrent, onSaveMine } = props;
  const message = useRef<HTMLParagraphElement>(null);
  useEffect(() => message.current?.focus(), []);
  return (
    <div className="conflict">
      <p ref={message} className="conflict-text" tabIndex={-1}>
        {text} {texts.changedAt} <Time at={changedAt} />.
      </p>
      {error !== undefined && error !== null && <ErrorNotice error={error} />}
      <table className="conflict-table">
        <thead>
          <tr>
            <th scope="col">{texts.field}</th>
            <th scope="col">{texts.mine}</th>
            <th scope="col">{texts.current}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ label, mine, current }) => (
            <tr key={label} className={mine === current ? undefined : "conflict-difference"}>
              <th scope="row">{label}</th>
              <td>{mine}</td>
              <td>{current}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="dialog-actions">
        <Button onClick={onKeepCurrent}>{texts.keepCurrent}</Button>
        <Button look="primary" isWorking={isWorking} onClick={onSaveMine}>
          {texts.saveMine}
        </Button>
      </div>
    </div>
  );
}
