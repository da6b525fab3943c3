import { useEffect, useId, useRef, type ReactNode } from "react";
import { useOpenUntilNavigation } from "./use-open-until-navigation.ts";
import "./popover.css";

interface PopoverProps {
  /** The label of the button for screen readers. */
  readonly label: string;
  /** The content of the button. */
  readonly button: ReactNode;
  readonly align?: "start" | "end";
  readonly className?: string;
  readonly children: ReactNode;
}

/**
 * A button that shows links and buttons below it. It closes with Escape, with a click outside, when the focus leaves it, and after
 * a navigation.
 */
export function Popover({ label, button, align = "start", className = "", children }: PopoverProps) {
  const [isOpen, setOpen] = useOpenUntilNavigation();
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const panelId = useId();
  useEffect(() => {
    if (!isOpen) return undefined;
    const closeOutside = ({ target }: Event) => {
      if (target instanceof Node && !root.current?.contains(target)) setOpen(false);
    };
    const closeOnEscape = ({ key }: KeyboardEvent) => {
      if (key !== "Escape") return;
      setOpen(false);
      trigger.current?.focus();
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    document.addEventListener("keydown", closeOnEscape);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
      document.removeEventListener("keydown", closeOnEscape);
    };
  }, [isOpen, setOpen]);
  return (
    <div ref={root} className={`popover ${className}`}>
      <button
        ref={trigger}
        type="button"
        className="popover-trigger"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={panelId}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      <div id={panelId} className={`popover-panel popover-${align}`} hidden={!isOpen}>
        {children}
      </div>
    </div>
  );
}
