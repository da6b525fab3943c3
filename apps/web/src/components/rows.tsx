import { useEffect, useRef, type ReactNode } from "react";
import "./rows.css";

interface RowsProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** A list of items, one below the other in a frame. */
export function Rows({ label, children }: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const hadFocus = useRef(false);
  // A row that is removed takes the focus with it. The keyboard then continues from the heading of the page.
  useEffect(() => {
    if (hadFocus.current) restoreLostFocus();
    hadFocus.current = list.current?.contains(document.activeElement) ?? false;
  });
  useEffect(
    () => () => {
      if (hadFocus.current) restoreLostFocus();
    },
    [],
  );
  return (
    <ul ref={list} className="rows" aria-label={label}>
      {children}
    </ul>
  );
}

function restoreLostFocus(): void {
  if (document.activeElement === document.body) document.querySelector("h1")?.focus();
}

interface RowProps {
  readonly title: ReactNode;
  /** Details in a second line. */
  readonly details?: ReactNode;
  /** Badges and buttons at the end of the row. */
  readonly actions?: ReactNode;
}

export const Row = ({ title, details, actions }: RowProps) => (
  <li className="row">
    <div className="row-text">
      <div className="row-title">{title}</div>
      {details !== undefined && <div className="row-details">{details}</div>}
    </div>
    {actions !== undefined && <div className="row-actions">{actions}</div>}
  </li>
);
