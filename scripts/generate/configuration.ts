// The tables in docs/configuration.md: every variable with its values, default, example and meaning, from its schema.
import type { Variable } from "../../apps/api/src/config/variables/variable.ts";
import type { Sections } from "./sections.ts";

export async function generateConfiguration(): Promise<Record<string, Sections>> {
  // The modules import Prisma's client, which `pnpm generate` creates before it calls this function.
  const [{ variableGroups }, { defaultOf }, { secretNames }] = await Promise.all([
    import("../../apps/api/src/config/variables.ts"),
    import("../../apps/api/src/config/variables/variable.ts"),
    import("../../apps/api/src/config/secrets.ts"),
  ]);
  const tables = Object.entries(variableGroups).map(([title, group]) => {
    const rows = Object.entries<Variable>(group).map(([name, variable]) => [
      `\`${name}\``,
      variable.values,
      defaultOf(variable),
      `\`${variable.example}\``,
      variable.production ?? "",
      variable.description,
    ]);
    const head = ["variable", "value", "default", "example", "in production", "meaning"];
    return [`variables of ${title}`, table(head, rows)] as const;
  });
  const secrets = [...secretNames].map((name) => `- \`${name}_FILE\``).join("\n");
  return { "docs/configuration.md": { ...Object.fromEntries(tables), "secrets from files": secrets } };
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
