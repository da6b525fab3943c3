/** The problem of a file of tokens. `exposed`: other users can read it. `invalid`: its content is not what the program stored. */
export type SharedFileProblem = "unreadable" | "unwritable" | "locked" | "exposed" | "invalid";

/** A file of tokens cannot be used. The message names the file, the cause and the next step. It contains no token. */
export class SharedFileError extends Error {
  override readonly name = "SharedFileError";
  readonly problem: SharedFileProblem;

  constructor(message: string, problem: SharedFileProblem, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.problem = problem;
  }
}
