import type { ReactNode } from "react";
import "./list-controls.css";

interface ListControlsProps {
  /** What a screen reader says about the group of fields. */
  readonly label: string;
  readonly children: ReactNode;
}

/** The fields above a list that select its items. */
export const ListControls = ({ label, children }: ListControlsProps) => (
  <search className="list-controls" aria-label={label}>
    {children}
  </search>
);
