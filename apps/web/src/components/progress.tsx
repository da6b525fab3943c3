import { useId } from "react";
import "./progress.css";

interface ProgressProps {
  readonly label: string;
  /** From 0 to 1. Undefined while it is unknown. */
  readonly value: number | undefined;
  /** The progress in words, below the bar. */
  readonly children: string;
}

/** The progress of long work. Screen readers get the words: a bar that they would read at each step disturbs. */
export function Progress({ label, value, children }: ProgressProps) {
  const id = useId();
  return (
    <div className="progress">
      <progress
        className="progress-bar"
        aria-label={label}
        aria-describedby={id}
        {...(value !== undefined && { value: Math.min(1, value) })}
      />
      <p id={id} className="progress-text" role="status">
        {children}
      </p>
    </div>
  );
}
