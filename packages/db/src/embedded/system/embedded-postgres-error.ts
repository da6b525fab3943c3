/** The reason of an error, for programs. The message is for the user who starts the server. */
export type EmbeddedPostgresErrorCode = "in_use" | "init_failed" | "start_failed" | "no_binaries" | "no_user";

/** The embedded database could not be started. The message is one line and says what to do. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
    this.name = "EmbeddedPostgresError";
    this.code = code;
  }
}

/** The lines of a program's output that explain its failure, joined to one line of at most 300 characters. */
export function failureLines(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const errors = lines.filter((line) => /\b(FATAL|PANIC|ERROR|HINT|error|cannot|could not)\b/.test(line));
  const chosen = (errors.length > 0 ? errors : lines).slice(-3).join(" | ");
  return chosen.length > 300 ? `${chosen.slice(0, 297)}...` : chosen || "no output";
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, " | ").trim();
}
