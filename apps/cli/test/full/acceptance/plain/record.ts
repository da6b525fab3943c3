// The record of all lines: what was run, what was given on standard input, and what came out.
import { normalizer } from "./normalize.ts";
import type { Result, Scenario } from "./scenario.ts";

export function recordOf(results: readonly Result[], { folder }: { folder: string }): string {
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  return scenarios
    .map((scenario) => {
      const normalize = normalizer({ folder });
      const own = results.filter((result) => result.scenario === scenario);
      return `${heading(scenario)}\n\n${own.map((result) => blockOf(result, normalize)).join("\n")}`;
    })
    .join("\n");
}

const heading = ({ title }: Scenario): string => `${title}\n${"=".repeat(title.length)}`;

function blockOf({ step, exit, out, err }: Result, normalize: (text: string) => string): string {
  const variables = Object.entries(step.env ?? {}).map(
    ([name, value]) => `${name}=${value.replaceAll("\n", "\\n")} `,
  );
  const prompt = step.as === undefined ? "" : `${step.as} `;
  return [
    `${prompt}$ ${variables.join("")}${step.line}`,
    ...(step.stdin === undefined ? [] : [lines("  0< ", `${step.stdin.replace(/\n$/, "")}\n`)]),
    ...(step.during ?? []).map(([, line]) => `  during: ${line}`),
    ...(out === "" ? [] : [lines("  1> ", normalize(out))]),
    ...(err === "" ? [] : [lines("  2> ", normalize(err))]),
    `  exit ${exit}`,
    "",
  ].join("\n");
}

function lines(prefix: string, text: string): string {
  const isWhole = text.endsWith("\n");
  const shown = text.replace(/\n$/, "").replaceAll("\u001b", "\\e").replaceAll("\r", "\\r");
  const marked = shown.split("\n").map((line) => `${prefix}${line}`.trimEnd());
  return [...marked, ...(isWhole ? [] : [`${prefix.trimEnd()} (no line break at the end)`])].join("\n");
}
