import { fileProblem } from "@projostack/sdk/node";
import { CliError } from "../cli-error.ts";

/** The failure to write the data of a command, such as `projo tasks list > FILE` on a full disk. */
export function outputError(error: Error): CliError {
  const { cause, nextStep } = fileProblem(error, {
    path: "The output",
    action: "written",
    alternative: "write it to another file",
  });
  return new CliError(
    "cli.output_unwritable",
    `The output cannot be written: ${cause}. ${nextStep} The command itself may have been carried out.`,
    { cause: error },
  );
}
