import type { Command } from "commander";
import type { CommandReference, Term } from "./describe-program.ts";

/** Writes the reference as one text. @param help wraps at the width of the terminal */
export function referenceText(
  references: readonly CommandReference[],
  help: ReturnType<Command["createHelp"]>,
  width: number,
): string {
  return references.map((reference) => textOf(reference, help, width)).join("\n\n");
}

function textOf(
  { path, usage, description, arguments: args, options, notes }: CommandReference,
  help: ReturnType<Command["createHelp"]>,
  width: number,
): string {
  const longest = Math.max(0, ...[...args, ...options].map(({ term }) => term.length));
  const listOf = (title: string, terms: readonly Term[]) =>
    terms.length === 0
      ? ""
      : `${title}\n${terms.map(({ term, description: about }) => help.formatItem(term, longest, about, help)).join("\n")}`;
  return [
    `${path}\n${"=".repeat(path.length)}`,
    `Usage: ${usage}`,
    help.boxWrap(description, width),
    listOf("Arguments:", args),
    listOf("Options:", options),
    notes,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
