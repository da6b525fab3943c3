/** What went wrong, for code that decides; the message is for the person who starts the server. */
export type EmbeddedPostgresErrorCode = "in_use" | "init_failed" | "start_failed" | "no_binaries" | "no_user";

/** The database could not be started. The message is one line and ends with the next step. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
    this.name = "EmbeddedPostgresError";
    this.code = code;
  }
}

/** The part of a program's output that explains its failure, in one line of at most 300 characters. */
export function lastWords(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const telling = lines.filter((line) => /\b(FATAL|PANIC|ERROR|HINT|error|cannot|could not)\b/.test(line));
  const chosen = (telling.length > 0 ? telling : lines).slice(-3).join(" | ");
  return chosen.length > 300 ? `${chosen.slice(0, 297)}...` : chosen || "it said nothing";
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, " | ").trim();
}
