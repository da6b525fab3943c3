import type { Command } from "commander";
import type { FormatValue } from "./format-value.ts";
import { isValueOutput, type OutputOptions } from "./output-options.ts";

/** Undefined for plain output, and for whole JSON. @throws CliError when the options are not valid for the command */
export async function chosenFormat(command: Command): Promise<FormatValue | undefined> {
  const options: OutputOptions = command.optsWithGlobals();
  const isWhole = options.json === true || options.json === "";
  const { json: _, outputFormat, ...others } = options;
  const isPlain =
    (isWhole || options.json === undefined) && outputFormat === undefined && !isValueOutput(others);
  if (isPlain) return undefined;
  const [{ valueFormat }, { outputOf, pathOf }] = await Promise.all([
    import("./value-output.ts"),
    import("./command-fields.ts"),
  ]);
  const path = pathOf(command);
  return valueFormat({ options, path, output: outputOf(path) });
}
