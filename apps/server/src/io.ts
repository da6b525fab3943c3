/** Everything a command uses outside its own code, except the database and the files that the environment names. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The width of the terminal. */
  readonly columns: number;
  readonly version: string;
  /** Writes to standard output: the result, which the next program in a pipe reads. */
  readonly write: (text: string) => void;
  /** Writes a line to standard error. */
  readonly note: (line: string) => void;
}

/** 0 done · 1 refused or failed · 2 the command line is not valid */
export type ExitCode = 0 | 1 | 2;
