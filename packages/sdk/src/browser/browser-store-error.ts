/** The problem of a session in a browser. `blocked`: no storage. `full`: no space. `locked`: another tab does not finish. */
export type BrowserStoreProblem = "blocked" | "full" | "locked";

/** The browser cannot store the session. The message names the cause and the next step. It contains no token. */
export class BrowserStoreError extends Error {
  override readonly name = "BrowserStoreError";
  readonly problem: BrowserStoreProblem;

  constructor(message: string, problem: BrowserStoreProblem, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.problem = problem;
  }
}

export const lockTimeout = (cause?: unknown): BrowserStoreError =>
  new BrowserStoreError(
    "Another tab has been refreshing the session for a minute. Close the other tabs of the site, then try again.",
    "locked",
    { cause },
  );

/** Explains an error of the browser's database or locks. */
export function explained(error: unknown): BrowserStoreError {
  if (error instanceof BrowserStoreError) return error;
  const isFull = error instanceof Error && error.name === "QuotaExceededError";
  const message = isFull
    ? "The browser cannot store the session: the storage of the site is full. Remove data of the site, then sign in again."
    : "The browser does not let the site store data. Allow it in the settings of the browser, then load the page again.";
  return new BrowserStoreError(message, isFull ? "full" : "blocked", { cause: error });
}
