// The diagrams and the table in docs/architecture.md, drawn from the table of package boundaries that the linter enforces.
import { apiLayers, packages as table } from "../boundaries.ts";
import type { Sections } from "./sections.ts";

/** It may import every package, so its arrows would hide the others. */
const omitted = "bench";

const packages = Object.entries(table).map(([folder, { name, source }]) => ({ folder, name, ...source }));

export function generatePackageDiagram(): Record<string, Sections> {
  return {
    "docs/architecture.md": {
      "package diagram": diagram(),
      "package table": packageTable(),
      "API layers": layers(),
    },
  };
}

function diagram(): string {
  const drawn = packages.filter(({ folder }) => folder !== omitted);
  const arrows = drawn.flatMap(({ folder, internal }) =>
    internal.map((imported) => `${nodeOf(folder)} --> ${nodeOf(folderOf(imported))}`),
  );
  return mermaid(["flowchart TD", ...drawn.map(({ folder }) => `${nodeOf(folder)}["${folder}"]`), ...arrows]);
}

function packageTable(): string {
  const rows = packages.map(
    ({ folder, name, internal, external, typesOf = [] }) =>
      `| \`${folder}\` | ${name} | ${inCode(internal.map(folderOf))} | ${external ? outside(external, typesOf) : "any"} |`,
  );
  return `| folder | package | imports from this repository | imports from outside |
| --- | --- | --- | --- |
${rows.join("\n")}`;
}

function outside(external: readonly string[], typesOf: readonly string[]): string {
  return typesOf.length === 0 ? inCode(external) : `${inCode(external)}; types of ${inCode(typesOf)}`;
}

/** From the top down, as in the table: a layer imports itself and the layers below. */
function layers(): string {
  const nodes = apiLayers.map((parts, index) => `L${index}["${parts.join(", ")}"]`);
  return mermaid(["flowchart TD", ...nodes, nodes.map((_, index) => `L${index}`).join(" --> ")]);
}

/** @throws Error when the table names a package that it does not describe */
function folderOf(packageName: string): string {
  const found = packages.find(({ name }) => name === packageName);
  if (!found) throw new Error(`There is no package ${packageName} in the table of package boundaries.`);
  return found.folder;
}

function nodeOf(folder: string): string {
  return folder.replaceAll("/", "_");
}

function inCode(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.map((name) => `\`${name}\``).join(", ");
}

function mermaid([head = "", ...lines]: readonly string[]): string {
  return ["```mermaid", head, ...lines.map((line) => `  ${line}`), "```"].join("\n");
}
