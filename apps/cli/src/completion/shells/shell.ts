import type { Io } from "../../io.ts";
import type { Suggestions } from "../suggest.ts";

/** The command line that a shell completes. */
export interface Line {
  /** The complete words after `projo`, without quotes. */
  readonly words: readonly string[];
  /** The word at the cursor, up to the cursor, without quotes. */
  readonly current: string;
  /** True when the word is a file of a redirection. */
  readonly isRedirected?: boolean | undefined;
  /** Returns the text that the shell's script reads. */
  readonly write: (suggestions: Suggestions) => string;
}

export interface Shell {
  /** The code that the user's shell runs at its start. */
  readonly script: string;
  /** How to have the shell run the script, for the help. */
  readonly install: string;
  /** Parses the arguments with which the script calls projo. */
  readonly parse: (args: readonly string[], io: Io) => Line;
}
