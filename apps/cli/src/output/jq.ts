// jq 1.8 itself, as WebAssembly. It has no access to files, the network and the environment variables.
import { type Jq, loadJq } from "jq-wasm/inline";
import { CliError, usageError } from "../cli-error.ts";
import type { FormatValue } from "./format-value.ts";
import { itemsOf } from "./select-fields.ts";

/** jq exits with this number if the expression does not compile. */
const COMPILE_ERROR = 3;

/** Returns a function that applies the expression as `jq -r` does. @throws CliError when the expression is not valid */
export async function jqFormat(expression: string): Promise<FormatValue> {
  const jq = await loadJq();
  // Without an input, jq compiles the expression and does not run it.
  const { exitCode, stderr } = run(jq, "", expression);
  if (exitCode === COMPILE_ERROR)
    throw usageError(`--jq: ${reasonOf(stderr)}. See: https://jqlang.org/manual/`);
  return (value) => {
    const result = run(jq, JSON.stringify(value), expression);
    if (result.exitCode !== 0) {
      const isWithoutItems = itemsOf(value) !== undefined && !expression.includes("items");
      const next = isWithoutItems ? "The rows of a list are in .items[]." : "Correct the expression.";
      throw new CliError("cli.jq", `--jq: ${reasonOf(result.stderr)}. ${next}`);
    }
    return result.stdout === "" ? undefined : result.stdout;
  };
}

function run(jq: Jq, input: string, expression: string) {
  const original = console.error;
  // When it runs out of memory, jq prints a line to the console. The error says it.
  console.error = () => {};
  try {
    // After `--`, an expression that begins with a hyphen is not read as a flag.
    return jq.raw(input, expression, ["-r", "--"]);
  } catch (error) {
    throw new CliError("cli.jq", "--jq: the expression needs too much memory. Use a simpler one.", {
      cause: error,
    });
  } finally {
    console.error = original;
  }
}

/** "jq: error: syntax error, unexpected end of file at <top-level>, line 1, column 4:\n ..." becomes one line. */
function reasonOf(stderr: string): string {
  const [first = ""] = stderr.split("\n");
  return (
    first
      .replace(/^jq: error(?: \(at [^)]*\))?: /, "")
      .replace(" at <top-level>,", " at")
      .replace(/[:.\s]+$/, "")
      // The function `input` ends so, because the JSON is the only input.
      .replace(/^break$/, "there is no further input")
  );
}
