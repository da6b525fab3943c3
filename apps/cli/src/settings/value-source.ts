import { CliError } from "../cli-error.ts";
import { DEFAULT_URL } from "../connection/server-url.ts";
import type { Io } from "../io.ts";
import { settings } from "./settings.ts";

/** Returns what gives a variable its value, for messages: `PROJO_URL`, or `The setting url`. */
export function sourceOf({ settingVariables }: Io, variable: string): string {
  const setting = settings.find(({ variables }) => variables.includes(variable));
  return setting && settingVariables?.has(variable) ? `The setting ${setting.name}` : variable;
}

/** Adds what gives a variable its value to the error for a value that nothing has. */
export function withSource(error: unknown, io: Io, variable: string): unknown {
  if (!(error instanceof CliError)) return error;
  const { reason, message, exitCode, details } = error;
  const source = `It is the value of ${sourceOf(io, variable).replace(/^The/, "the")}.`;
  return new CliError(reason, message.replace(/(?= (?:See|Use the id instead): )/, ` ${source}`), {
    exitCode,
    details,
    cause: error,
  });
}

/** Says where the URL of a command comes from. `isStored` is true when an account of the server is stored. */
export function urlSource(io: Io, options: { url?: string }, url: string, isStored: boolean): string {
  if (options.url !== undefined) return "from --url";
  if (io.env["PROJO_URL"]) return `from ${sourceOf(io, "PROJO_URL").replace(/^The/, "the")}`;
  return isStored || url !== DEFAULT_URL ? "the selected one" : "the default";
}
