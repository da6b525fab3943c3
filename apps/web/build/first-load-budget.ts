import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** A file of the build, as the bundler describes it. */
export interface BuiltChunk {
  readonly fileName: string;
  readonly code: string;
  readonly isEntry: boolean;
  /** The module for which the bundler made the chunk. Null for code that several chunks share. */
  readonly facadeModuleId: string | null;
  readonly imports: readonly string[];
  readonly dynamicImports: readonly string[];
}

export interface FirstLoad {
  /** The module of the page, relative to src. The entry is "main.tsx". */
  readonly page: string;
  /** The gzipped size of all scripts that a browser loads before it shows the page. */
  readonly kilobytes: number;
}

/** Fails the build when a page needs more gzipped JavaScript than `maxKilobytes` (1 KB is 1,000 bytes). */
export function firstLoadBudget({ maxKilobytes }: { readonly maxKilobytes: number }): Plugin {
  return {
    name: "first-load-budget",
    apply: "build",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const loads = firstLoads(chunks);
      const [largest] = loads.toSorted((one, other) => other.kilobytes - one.kilobytes);
      if (largest) {
        this.info(
          `The largest first load is ${largest.page}: ${largest.kilobytes.toFixed(1)} KB of ${maxKilobytes} KB.`,
        );
      }
      const problem = budgetProblem(loads, maxKilobytes);
      if (problem !== undefined) this.error(problem);
    },
  };
}

/** @returns a message that names the pages above the budget, or undefined */
export function budgetProblem(loads: readonly FirstLoad[], maxKilobytes: number): string | undefined {
  const above = loads.filter(({ kilobytes }) => kilobytes > maxKilobytes);
  if (above.length === 0) return undefined;
  const list = above.map(({ page, kilobytes }) => `${page} (${kilobytes.toFixed(1)} KB)`).join(", ");
  return `These pages load more than ${maxKilobytes} KB of gzipped JavaScript: ${list}. Import large modules on demand, or remove a dependency.`;
}

/**
 * Computes the first load of the entry and of each page: the modules `*-page.tsx` and `*-area.tsx`, which are imported on
 * demand. The first load of a page includes that of its importer. Other modules that are imported on demand, such as dialogs,
 * do not count: they load after the user has asked for them.
 */
export function firstLoads(chunks: readonly BuiltChunk[]): FirstLoad[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const seen = new Set<string>();
  const loads: FirstLoad[] = [];
  const visit = (chunk: BuiltChunk, loadedBefore: ReadonlySet<string>) => {
    if (seen.has(chunk.fileName)) return;
    seen.add(chunk.fileName);
    const loaded = new Set(loadedBefore);
    addWithImports(chunk, loaded, byName);
    loads.push({ page: pageOf(chunk), kilobytes: gzippedKilobytes(loaded, byName) });
    const added = [...loaded].filter((name) => !loadedBefore.has(name));
    for (const name of added.flatMap((addedName) => byName.get(addedName)?.dynamicImports ?? [])) {
      const target = byName.get(name);
      if (target !== undefined && isPage(target)) visit(target, loaded);
    }
  };
  for (const entry of chunks.filter(({ isEntry }) => isEntry)) visit(entry, new Set());
  return loads;
}

const isPage = ({ facadeModuleId }: BuiltChunk): boolean =>
  facadeModuleId !== null && /\/apps\/web\/src\/pages\/.*-(?:page|area)\.tsx$/.test(facadeModuleId);

const pageOf = ({ isEntry, facadeModuleId, fileName }: BuiltChunk): string =>
  isEntry ? "main.tsx" : (facadeModuleId?.split("/apps/web/src/")[1] ?? fileName);

function addWithImports(
  chunk: BuiltChunk,
  loaded: Set<string>,
  byName: ReadonlyMap<string, BuiltChunk>,
): void {
  if (loaded.has(chunk.fileName)) return;
  loaded.add(chunk.fileName);
  for (const name of chunk.imports) {
    const imported = byName.get(name);
    if (imported) addWithImports(imported, loaded, byName);
  }
}

function gzippedKilobytes(names: ReadonlySet<string>, byName: ReadonlyMap<string, BuiltChunk>): number {
  const bytes = [...names].map((name) => gzipSync(byName.get(name)?.code ?? "").length);
  return bytes.reduce((sum, size) => sum + size, 0) / 1_000;
}
