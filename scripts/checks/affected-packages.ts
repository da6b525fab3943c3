import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export interface Package {
  readonly name: string;
  readonly folder: string;
  /** The names of all packages that it uses. */
  readonly uses: readonly string[];
}

const dependencies = z.record(z.string(), z.string()).default({});
const manifest = z.object({ name: z.string(), dependencies, devDependencies: dependencies });

/** The packages of the workspace, without the root. */
export function readPackages(root: string): Package[] {
  const nested = ["packages", "apps", "examples"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  );
  const folders = [...nested, "bench", "examples"];
  return folders
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .map((folder) => {
      const text = readFileSync(join(root, folder, "package.json"), "utf8");
      const { name, dependencies: production, devDependencies } = manifest.parse(JSON.parse(text));
      return { name, folder, uses: Object.keys({ ...production, ...devDependencies }) };
    });
}

/** The names of the packages that contain one of the files, and of all packages that depend on them. */
export function affectedPackages(packages: readonly Package[], files: readonly string[]): string[] {
  const affected = new Set(
    packages
      .filter(({ folder }) => files.some((file) => file.startsWith(`${folder}/`)))
      .map(({ name }) => name),
  );
  for (let before = -1; before < affected.size;) {
    before = affected.size;
    for (const { name, uses } of packages) if (uses.some((used) => affected.has(used))) affected.add(name);
  }
  return [...affected].toSorted();
}
