import { useId, type ReactNode } from "react";
import "./card.css";

interface CardProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** A part of a page with a heading of the second level. */
export function Card({ title, description, actions, children }: CardProps) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <div className="card-header">
        <div>
          <h2 id={id} className="card-title">
            {title}
          </h2>
          {description !== undefined && <p className="card-description">{description}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
