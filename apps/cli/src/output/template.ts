// Templates in Liquid: https://liquidjs.com. A template can read the data only, and no file.
import { Liquid } from "liquidjs";
import { CliError, usageError } from "../cli-error.ts";
import type { FormatValue } from "./format-value.ts";

/** @throws CliError when the template is not valid */
export function templateFormat(source: string): FormatValue {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: true,
    // `{% if task.projectName %}` may test a field that is absent.
    lenientIf: true,
    ownPropertyOnly: true,
    // Without it, the tags render, include and layout read files.
    templates: {},
    outputEscape: textOf,
  });
  const parsed = orReason(() => liquid.parse(withEscapes(source)), { source, toError: usageError });
  return (value) => {
    const scope = typeof value === "object" && value !== null ? { ...value, data: value } : { data: value };
    const text = orReason(() => String(liquid.renderSync(parsed, scope)), {
      source,
      toError: (reason) => new CliError("cli.template", reason),
    });
    const withoutEnd = text.replace(/\n$/, "");
    return withoutEnd === "" ? undefined : withoutEnd;
  };
}

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** Outside tags, `\n`, `\t` and `\\` mean a line break, a tab and a backslash, because they are hard to write in a shell. */
const withEscapes = (source: string): string =>
  source
    .split(/(\{\{.*?\}\}|\{%.*?%\})/s)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(/\\([nt\\])/g, (_, escape: string) => escapes[escape] ?? ""),
    )
    .join("");

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\" };

/** The tags that insert another template find none, because a template is no file. */
const inTermsOfTemplate = (reason: string): string =>
  reason
    .replace(
      /^ENOENT: Failed to lookup "(.*)" in ".*?"/,
      'there is no other template, such as "$1", to insert',
    )
    .replace(/, line:1, col:/, ", at column ");

/** Templates of gh are in the language of Go. */
const GO_TEMPLATE = /\{\{-?\s*(?:\.|range\b|end\b|if\b|with\b|printf\b)/;

interface Attempt {
  readonly source: string;
  readonly toError: (message: string) => CliError;
}

function orReason<T>(action: () => T, { source, toError }: Attempt): T {
  try {
    return action();
  } catch (error) {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    const language = GO_TEMPLATE.test(source) ? " The template is in Liquid, not in the language of Go." : "";
    throw toError(
      `--template: ${inTermsOfTemplate(first)}.${language} See: https://liquidjs.com/tutorials/intro-to-liquid.html`,
    );
  }
}
