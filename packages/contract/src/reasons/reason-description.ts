// What each reason of a failure means for a program: when it happens, and what the program does then. The messages in
// errors.ts are for people; these texts are for the authors of programs.

/**
 * What a program does about a failure. `retry`: wait for `retryAfter` seconds, then send the same call again. `change`: the
 * program sends another request. `sign in`: it needs new tokens. `ask`: the user, an admin or the operator must act first.
 * `report`: it is a fault of the server.
 */
export type Remedy = "retry" | "change" | "sign in" | "ask" | "report";

export interface ReasonDescription {
  /** When the failure happens, in one or two sentences. */
  readonly when: string;
  readonly remedy: Remedy;
  /** What the program does then, in one to three sentences. */
  readonly action: string;
}
