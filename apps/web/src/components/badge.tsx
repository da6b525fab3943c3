import type { ReactNode } from "react";
import "./badge.css";

interface BadgeProps {
  readonly kind?: "neutral" | "accent" | "success" | "warning" | "danger";
  readonly children: ReactNode;
}

/** A short state, such as a role or a status. */
export const Badge = ({ kind = "neutral", children }: BadgeProps) => (
  <span className={`badge badge-${kind}`}>{children}</span>
);
