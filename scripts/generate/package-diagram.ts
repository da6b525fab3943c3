// The diagrams and the table in docs/architecture.md, drawn from the same tables that scripts/house.ts gives the boundary check.
import { apiLayers, house } from "../house.ts";
import type { Sections } from "./sections.ts";

/** It may import every package, so its arrows would hide the others. */
const omitted = "bench";

const packages = Object.entries(house).map(([folder, { name, source }]) => ({ folder, name, ...source }));

export function generatePackageDiagram(): Record<string, Sections> {
  return {
    "docs/architecture.md": {
      "package diagram": diagram(),
      "package table": table(),
      "API layers": layers(),
    },
  };
}

function diagram(): string {
  const drawn = packages.filter(({ folder }) => folder !== omitted);
  const arrows = drawn.flatMap(({ folder, rooms }) =>
    rooms.map((imported) => `${nodeOf(folder)} --> ${nodeOf(folderOf(imported))}`),
  );
  return mermaid(["flowchart TD", ...drawn.map(({ folder }) => `${nodeOf(folder)}["${folder}"]`), ...arrows]);
}

function table(): string {
  const rows = packages.map(
    ({ folder, name, rooms, only, types = [] }) =>
      `| \`${folder}\` | ${name} | ${inCode(rooms.map(folderOf))} | ${only ? outside(only, types) : "any"} |`,
  );
  return `| folder | package | imports from this repository | imports from outside |
| --- | --- | --- | --- |
${rows.join("\n")}`;
}

function outside(only: readonly string[], types: readonly string[]): string {
  return types.length === 0 ? inCode(only) : `${inCode(only)}; types of ${inCode(types)}`;
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
