// The options with which the user chooses how a command prints its data.
import { type Command, Option } from "commander";

export const listFormats = ["table", "tsv", "csv", "json", "ndjson"] as const;
export type ListFormat = (typeof listFormats)[number];

export interface OutputOptions {
  /** The fields to print, separated by commas. Empty or true: all. */
  json?: string | true;
  jq?: string;
  template?: string;
  quiet?: boolean;
  /** Of commands that list something. `audit export` has another option --format, which names a file format. */
  outputFormat?: ListFormat;
  /** False with --no-pager. */
  pager?: boolean;
}

/** Adds the options of every command. */
export const addOutputOptions = (program: Command): Command =>
  program
    .option("--json [fields]", "print data as JSON, whole or these fields; --json=? lists them")
    .option("--jq <expression>", "print the data as this jq expression selects it")
    .option("--template <template>", "print the data by this Liquid template")
    .option("-q, --quiet", "print ids only")
    .option("--no-color", "print no colours (also NO_COLOR)");

/** Adds the options of a command that lists something. */
export const addListFormat = (command: Command): Command =>
  command
    .addOption(
      new FormatOption("--format <format>", "format of the list (default: table, and tsv in a pipe)").choices(
        listFormats,
      ),
    )
    .option("--no-pager", "do not show a long list in a pager");

/** True if the data is printed as a value, and not as text for people or as a list with columns. */
export const isValueOutput = ({ json, jq, template, quiet, outputFormat }: OutputOptions): boolean =>
  json !== undefined ||
  jq !== undefined ||
  template !== undefined ||
  quiet === true ||
  outputFormat === "json" ||
  outputFormat === "ndjson";

/** True if a page is printed as JSON, with its cursor. */
export const printsPages = ({ json, jq, template, outputFormat }: OutputOptions): boolean =>
  jq === undefined &&
  template === undefined &&
  (outputFormat === "json" || (json !== undefined && outputFormat === undefined));

/** The values of global options and those of a command are one object, so the name differs from that of other options. */
class FormatOption extends Option {
  override attributeName(): string {
    return "outputFormat";
  }
}
