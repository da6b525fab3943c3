// The exit codes of projo. The table in docs/cli.md explains them.
import type { ProjoError } from "@projostack/sdk";
import type { ExitCode } from "./cli-error.ts";

/** Returns the exit code for a refusal of the server: the same as for a mistake that projo finds itself. */
export const exitCodeOf = ({ reason }: Pick<ProjoError, "reason">): ExitCode =>
  (reason === undefined ? undefined : exitCodes[reason]) ?? 1;

const exitCodes: Readonly<Record<string, ExitCode>> = {
  // The user typed a value that cannot be used.
  "input.invalid": 2,
  "input.malformed": 2,
  "input.too_large": 2,
  "request.url_too_long": 2,
  "request.headers_too_large": 2,
  "cursor.invalid": 2,
  "auth.unauthenticated": 4,
  "auth.token_reused": 4,
  "auth.invalid_credentials": 4,
  "password.incorrect": 4,
};
