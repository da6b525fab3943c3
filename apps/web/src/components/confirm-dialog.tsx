import { useState, type ReactNode } from "react";
import { commonTexts as texts } from "../texts/common.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import { Notice } from "./notice.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  /** Says what happens, and whether it can be undone. */
  readonly children: ReactNode;
  /** The text of the button: a verb with its object, such as "Delete the project". */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** The user must type this name. For what cannot be undone. */
  readonly typedName?: string;
  readonly isWorking: boolean;
  readonly error?: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before an action. It stays open while the action runs, and shows why it failed. */
export function ConfirmDialog({
  title,
  children,
  action,
  isDangerous = false,
  typedName,
  isWorking,
  error,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const [isWrong, setWrong] = useState(false);
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        error={error}
        onSubmit={({ typed = "" }) => {
          const isRight = typedName === undefined || typed.trim() === typedName.trim();
          setWrong(!isRight);
          if (isRight) onConfirm();
        }}
      >
        <div className="dialog-text">{children}</div>
        {typedName !== undefined && (
          <TextField
            name="typed"
            label={texts.typeToConfirm(typedName)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {isWrong && (
          <Notice kind="danger" role="alert">
            {texts.typedNameWrong}
          </Notice>
        )}
        <div className="dialog-actions">
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" look={isDangerous ? "danger" : "primary"} isWorking={isWorking}>
            {action}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
