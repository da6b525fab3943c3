import type { ReactNode } from "react";
import "./filters.css";

/** The fields above a list that select and order its items. */
export const Filters = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <form className="filters" role="search" aria-label={label} onSubmit={(event) => event.preventDefault()}>
    {children}
  </form>
);
