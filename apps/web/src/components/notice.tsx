import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";
import "./notice.css";

interface NoticeProps {
  readonly kind?: "info" | "success" | "warning" | "danger";
  /** "alert" interrupts a screen reader, "status" does not. Absent: the notice was there from the beginning. */
  readonly role?: "alert" | "status";
  readonly children: ReactNode;
}

/** A message inside a page. */
export function Notice({ kind = "info", role, children }: NoticeProps) {
  const icon = kind === "success" ? "check" : kind === "info" ? "info" : "warning";
  return (
    <div className={`notice notice-${kind}`} role={role}>
      <Icon name={icon} />
      <div className="notice-content">{children}</div>
    </div>
  );
}
