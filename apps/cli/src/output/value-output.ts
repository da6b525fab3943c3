// How a command prints its data if --json FIELDS, --jq, --template, --quiet or --format json|ndjson is given. Everything is checked
// before the command does anything.
import { usageError } from "../cli-error.ts";
import { sanitizeJson } from "../terminal/sanitize.ts";
import type { CommandOutput } from "./command-fields.ts";
import type { FormatValue } from "./format-value.ts";
import type { OutputOptions } from "./output-options.ts";
import { fieldOf, itemsOf, parseFields, selectFields } from "./select-fields.ts";

interface Asked {
  options: OutputOptions;
  /** The name of the command, such as `tasks list`. */
  path: string;
  output: CommandOutput | undefined;
}

/** @throws CliError when the options contradict each other, a field is unknown, or an expression is not valid */
export async function valueFormat({ options, path, output }: Asked): Promise<FormatValue> {
  requireOneOutput(options);
  if (!output)
    throw usageError(
      `projo ${path} prints no data, so it takes none of --json, --jq, --template and --quiet.`,
    );
  const select = selection(options.json, output);
  const format = await formatter(options, output);
  return (value) => format(select(value));
}

const named = (options: OutputOptions): string[] =>
  [
    options.jq !== undefined && "--jq",
    options.template !== undefined && "--template",
    options.quiet === true && "--quiet",
    options.outputFormat !== undefined && `--format ${options.outputFormat}`,
  ].filter((name) => name !== false);

function requireOneOutput(options: OutputOptions): void {
  const [first, second] = named(options);
  if (first !== undefined && second !== undefined) throw usageError(`Use ${first} or ${second}, not both.`);
  if (options.json === undefined) return;
  if (options.quiet) throw usageError("Use --quiet or --json, not both.");
  if (options.outputFormat !== undefined && !/^(?:nd)?json$/.test(options.outputFormat))
    throw usageError(`Use ${first} or --json, not both.`);
}

function selection(json: string | true | undefined, { fields }: CommandOutput): (value: unknown) => unknown {
  if (typeof json !== "string" || json === "") return (value) => value;
  const selected = parseFields(json, fields);
  return (value) => selectFields(value, selected);
}

async function formatter(options: OutputOptions, { quiet }: CommandOutput): Promise<FormatValue> {
  const { jq, template, outputFormat } = options;
  if (options.quiet) return (value) => idsOf(value, quiet);
  if (jq !== undefined) return (await import("./jq.ts")).jqFormat(jq);
  if (template !== undefined) return (await import("./template.ts")).templateFormat(template);
  return outputFormat === "ndjson" ? linesOf : sanitizeJson;
}

const linesOf: FormatValue = (value) =>
  joined((itemsOf(value) ?? [value]).map((item) => sanitizeJson(item, { inOneLine: true })));

function idsOf(value: unknown, field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  const items = itemsOf(value) ?? (Array.isArray(value) ? value : [value]);
  return joined(items.map((item) => fieldOf(item, field)).filter((id) => typeof id === "string"));
}

const joined = (lines: readonly string[]): string | undefined =>
  lines.length === 0 ? undefined : lines.join("\n");
