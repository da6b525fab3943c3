import type { AddHelpTextContext } from "commander";

const PROMPT = "  $ ";
const CONTINUED = "      ";

/** Formats examples for the end of a command's help. A long command continues on the next line, as in a shell. */
export const examples =
  (lines: readonly string[]) =>
  ({ command }: AddHelpTextContext): string => {
    const width = command.configureOutput().getOutHelpWidth?.() ?? 80;
    const shown = lines.flatMap((line) => inWidth(line, width));
    return ["", lines.length === 1 ? "Example:" : "Examples:", ...shown].join("\n");
  };

/** A word, or an option with its value. Quotation marks keep words together. */
const PART = /(?:--[\w-]+(?: (?=[^-<>|&\s])))?(?:[^\s"']|"[^"]*"|'[^']*')+/g;

function inWidth(line: string, width: number): string[] {
  const shown: string[] = [];
  let current = PROMPT;
  for (const part of line.match(PART) ?? []) {
    const isFirst = current === PROMPT || current === CONTINUED;
    const longer = isFirst ? current + part : `${current} ${part}`;
    // The last two columns are for the backslash.
    if (isFirst || longer.length <= width - 2) current = longer;
    else {
      shown.push(`${current} \\`);
      current = CONTINUED + part;
    }
  }
  return [...shown, current];
}
