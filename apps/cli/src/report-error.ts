// Reports every failure: one line on stderr with the problem and the next step, and an exit code.
import { isProjoError, UnknownOperationError } from "@projostack/sdk";
import { CliError, type ExitCode } from "./cli-error.ts";
import { type OptionsToRepeat, withOptions } from "./connection/next-commands.ts";
import { callerOf } from "./credentials/service-key.ts";
import { exitCodeOf } from "./exit-code.ts";
import { explain } from "./explain.ts";
import type { Io } from "./io.ts";
import { sanitize, sanitizeJson } from "./terminal/sanitize.ts";
import { errorPrefix } from "./terminal/printer.ts";
import { CommandLineError } from "./usage/command-line-error.ts";
import { runningCommand } from "./inputs/running-command.ts";

interface Report {
  exitCode: ExitCode;
  reason: string;
  message: string;
  /** More fields for programs. */
  [detail: string]: unknown;
}

/** Prints the error as text or as JSON. @returns the exit code */
export async function reportError(
  error: unknown,
  io: Io,
  { json, toRepeat }: { json: boolean; toRepeat: OptionsToRepeat },
): Promise<ExitCode> {
  const { exitCode, ...described } =
    error instanceof CommandLineError
      ? { exitCode: 2 as const, reason: "cli.usage", message: await usageOf(error, io) }
      : describeError(error, io);
  const report = { ...described, message: withOptions(withShortQuotes(described.message), toRepeat) };
  const text = json ? sanitizeJson({ error: report }) : `${errorPrefix(io)} ${sanitize(report.message)}`;
  io.stderr.write(`${text}\n`);
  return exitCode;
}

/** What the user typed can be a whole file. */
const withShortQuotes = (message: string): string =>
  message.replaceAll(/"([^"]{200})[^"]+"/g, (_, start: string) => `"${start.toWellFormed()}…"`);

/** Returns the parts of the report of a command that has run, and the exit code. */
export function describeError(error: unknown, io: Io): Report {
  if (error instanceof CliError) {
    const { exitCode, reason, message, details } = error;
    return { exitCode, reason, message, ...details };
  }
  if (error instanceof UnknownOperationError) {
    // The SDK's advice is for programs.
    const [problem] = error.message.split(" Check its name and the version");
    const message = `${problem} See: projo call --help`;
    return { exitCode: 2, reason: "cli.unknown_operation", message, didYouMean: error.closeNames };
  }
  if (!isProjoError(error)) return describeBug(error, io);
  // The credentials file is the token store of the SDK, which puts its own error around the failure of a store.
  if (error.cause instanceof CliError) return describeError(error.cause, io);
  const { operation, status, requestId, retryAfterSeconds: retryAfter, fieldErrors } = error;
  const { mayHaveBeenCarriedOut } = error;
  return {
    exitCode: exitCodeOf(error),
    reason: error.reason ?? `cli.${error.code.toLowerCase()}`,
    message: explain(error, { ...callerOf(io), command: runningCommand(io) }),
    operation,
    status,
    requestId,
    retryAfter,
    fieldErrors,
    mayHaveBeenCarriedOut,
  };
}

/** Loads the commands only here, because a correct command line needs its own command alone. */
async function usageOf(problem: CommandLineError, io: Io): Promise<string> {
  const { explainUsage } = await import("./usage/explain-usage.ts");
  return explainUsage(problem, async () => (await import("./program.ts")).createWholeProgram(io));
}

function describeBug(error: unknown, { env, answered }: Io): Report {
  const what = error instanceof Error ? error.message : String(error);
  const url = [...(answered ?? [])].at(-1);
  // JavaScript throws these errors for a value that a response lacks.
  if (url !== undefined && (error instanceof TypeError || error instanceof RangeError) && !env["PROJO_DEBUG"])
    return {
      exitCode: 1,
      reason: "cli.unexpected_response",
      message: `A response of ${url} lacks what projo expects (${what}). Check that the address (--url or PROJO_URL) is that of a ProjoStack server. If it is, run: projo status, and report this message.`,
    };
  const trace = env["PROJO_DEBUG"] && error instanceof Error ? ` ${error.stack}` : "";
  return {
    exitCode: 1,
    reason: "cli.bug",
    message: `projo failed because of a bug: ${what} Run the command again with PROJO_DEBUG=1, and report the output.${trace}`,
  };
}
