import { CommandRefused } from "@projostack/api/operator";
import { KeyRotationRefused } from "@projostack/api/keys";
import { startProblem } from "@projostack/api/start-problem";

/** Describes a failure in a line that says what to do. An unexpected error keeps its stack. */
export function explainFailure(error: unknown, [command]: readonly string[]): string {
  if (error instanceof CommandRefused || error instanceof KeyRotationRefused) return error.message;
  return startProblem(error, command === "serve" ? "DATABASE_URL" : "PROJO_OPERATOR_DATABASE_URL");
}
