import { CliError } from "../cli-error.ts";
import { fileErrorMessage } from "../files/file-error.ts";

/** The failure to write the data of a command, such as `projo tasks list > FILE` on a full disk. */
export function outputError(cause: Error): CliError {
  const message = fileErrorMessage(cause, {
    path: "The output",
    action: "written",
    alternative: "write it to another file",
  });
  return new CliError("cli.output_unwritable", `${message} The command itself may have been carried out.`, {
    cause,
  });
}
