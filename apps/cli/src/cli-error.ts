/** 0 success · 1 the server refused or a failure · 2 wrong usage · 4 not signed in · 130 stopped */
export type ExitCode = 0 | 1 | 2 | 4 | 130;

/** A failure that the user can act on. The message is one line and ends with the next step. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly reason: string;
  readonly exitCode: ExitCode;
  /** More fields for programs, printed with --json. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    reason: string,
    message: string,
    options: { exitCode?: ExitCode; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.exitCode = options.exitCode ?? 1;
    this.details = options.details ?? {};
  }
}

export const usageError = (message: string): CliError => new CliError("cli.usage", message, { exitCode: 2 });

export const interrupted = (message = "Stopped.", details: Record<string, unknown> = {}): CliError =>
  new CliError("cli.interrupted", message, { exitCode: 130, details });
