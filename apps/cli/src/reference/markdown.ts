import type { CommandReference, Term } from "./describe-program.ts";

/** The page of the documentation. */
export function referencePage([program, ...commands]: readonly CommandReference[]): string {
  if (!program) throw new Error("The reference has no program.");
  return `# Commands of projo

The reference of every command, as \`projo help --all\` and \`man projo\` show it. [The command line](../cli.md) describes how to use them.

## Options of every command

${tableOf("option", program.options)}

${commands.map(sectionOf).join("\n\n")}
`;
}

function sectionOf({ path, usage, description, arguments: args, options, notes }: CommandReference): string {
  return [
    `## ${path}`,
    cell(description),
    `\`\`\`text\n${usage}\n\`\`\``,
    tableOf("argument", args),
    tableOf("option", options),
    notes === "" ? "" : `\`\`\`text\n${notes}\n\`\`\``,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function tableOf(title: string, terms: readonly Term[]): string {
  if (terms.length === 0) return "";
  const rows = terms.map(
    ({ term, description }) => `| \`${term.replaceAll("|", "\\|")}\` | ${cell(description)} |`,
  );
  return [`| ${title} | meaning |`, "| --- | --- |", ...rows].join("\n");
}

/** Markdown would read the angle brackets as HTML, and an asterisk as emphasis. */
const cell = (text: string): string => text.replaceAll(/[<>*|]/g, "\\$&").replaceAll("\n", " ");
