// A step of the walk: a command line that a user types, and the answers to its prompts.
export interface Step {
  /** The command line as it is typed. */
  readonly line: string;
  readonly answers: readonly Answer[];
}

/** Waits for a text on the screen, and then types. */
export type Answer = readonly [after: string | RegExp, typed: Typed];

/**
 * A text and Enter, keys by the names of tmux, a token from a mail and Enter, or a command that runs outside the terminal meanwhile.
 * The keys can wait for a mail, so that the next command finds it sent.
 */
export type Typed =
  | string
  | { readonly keys: readonly string[]; readonly arrived?: Mailed }
  | { readonly token: Mailed }
  | { readonly meanwhile: readonly string[] };

/** The token in the mail with this number to the address, of those that link to the page. */
export interface Mailed {
  readonly to: string;
  readonly page: "verify-email" | "reset-password" | "accept-invite";
  readonly number: number;
}

export const CTRL_C = { keys: ["C-c"] };
export const CTRL_D = { keys: ["C-d"] };
export const ENTER = { keys: ["Enter"] };
export const YES = { keys: ["y"] };
export const NO = { keys: ["n"] };

export const step = (line: string, ...answers: Answer[]): Step => ({ line, answers });

export const PASSWORD = "a long and quiet river";
export const NEW_PASSWORD = "a wide and quiet river";

/** The people of one walk. Each walk has a domain of its own, because all walks use one server. */
export interface People {
  readonly ann: string;
  readonly bob: string;
  readonly cyd: string;
  /** Has no account. */
  readonly dan: string;
}

export function peopleOf(columns: number): People {
  const of = (name: string) => `${name}@${columns}.example.com`;
  return { ann: of("ann"), bob: of("bob"), cyd: of("cyd"), dan: of("dan") };
}

/** A new home, in which nobody is signed in. */
export const NOWHERE = "PROJO_CONFIG_DIR=~/nobody";
