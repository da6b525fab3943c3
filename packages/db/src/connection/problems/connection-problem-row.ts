/** A row of the table of failed connections. */
export interface ConnectionProblem {
  /** The cause, for the documentation. */
  readonly cause: string;
  /** Codes of the error: SQLSTATE, errno, or a code of Node.js or of this package. */
  readonly codes?: readonly string[] | RegExp;
  /** The text of the error. With codes, both must match. */
  readonly text?: RegExp;
  /** What happened. The error's own message follows in parentheses; without this, it stands here itself. */
  readonly says?: string;
  /** The next step. */
  readonly next: string;
  /** Whether the error's own message adds nothing. */
  readonly isComplete?: true;
}
