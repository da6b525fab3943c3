import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import "./empty-state.css";

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** Says what the list is for, or how to fill it. */
  readonly children?: ReactNode;
  /** The button that fills the list. */
  readonly action?: ReactNode;
}

/** Shown instead of a list without items. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} />
      </span>
      <p className="empty-title">{title}</p>
      {children !== undefined && <p className="empty-text">{children}</p>}
      {action}
    </div>
  );
}
