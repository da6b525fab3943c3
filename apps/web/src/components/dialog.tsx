import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { commonTexts as texts } from "../texts/common.ts";
import { Icon } from "./icon.tsx";
import "./dialog.css";

interface DialogProps {
  readonly title: string;
  /** Called when the user closes the dialog. The caller then removes it from the page. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A modal dialog. Show it while it is open: `{isOpen && <Dialog ...>}`. The browser keeps the focus inside, makes the rest of the
 * page inert, and returns the focus to the element that had it before.
 */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // A layout effect closes the dialog before it is removed. Otherwise the browser could not return the focus.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The browser would select the button that closes the dialog.
    element?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-header">
        <h2 id={titleId} className="dialog-title">
          {title}
        </h2>
        <button type="button" className="dialog-close" aria-label={texts.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  );
}
