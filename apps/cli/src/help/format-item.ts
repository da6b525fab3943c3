import type { Help } from "commander";

/** The least width of a description beside its term. In a narrower terminal, descriptions stand below the terms. */
const MIN_WIDTH = 30;
const INDENT = "  ";
const INDENT_BELOW = "      ";
const GAP = 2;

/** Formats an option, an argument or a command of a help for the width of the terminal. */
export function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  if (description === "") return INDENT + term;
  const width = helper.helpWidth ?? 80;
  const beside = width - INDENT.length - termWidth - GAP;
  if (beside >= MIN_WIDTH) {
    const [first = "", ...others] = helper.boxWrap(description, beside).split("\n");
    const margin = " ".repeat(INDENT.length + termWidth + GAP);
    const padding = " ".repeat(termWidth - helper.displayWidth(term) + GAP);
    return [`${INDENT}${term}${padding}${first}`, ...others.map((line) => margin + line)].join("\n");
  }
  const below = helper.boxWrap(description, Math.max(width - INDENT_BELOW.length, MIN_WIDTH));
  return [INDENT + term, ...below.split("\n").map((line) => INDENT_BELOW + line)].join("\n");
}
