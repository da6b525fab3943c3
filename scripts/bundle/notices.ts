import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/** Returns the name, the version and the licence text of each package whose modules are in the bundle. */
export function noticesOf(modules: readonly string[]): string {
  const folders = new Set(modules.map(packageOf).filter((folder) => folder !== null));
  const notices = new Map([...folders].map((folder) => noticeOf(folder)));
  return [...notices]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([title, text]) => `${title}\n\n${text.trim()}\n`)
    .join(`\n${"-".repeat(80)}\n\n`);
}

/** The directory of the package that a module belongs to; null for a module of this repository. */
function packageOf(module: string): string | null {
  const [, folder] = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module) ?? [];
  return folder === undefined ? null : nearestManifest(folder);
}

function nearestManifest(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : nearestManifest(dirname(folder));
}

function noticeOf(folder: string): [title: string, text: string] {
  const { name, version, license } = Manifest.parse(
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  );
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8"));
  return [`${name} ${version}`, texts.length > 0 ? texts.join("\n") : `License: ${license ?? "not stated"}`];
}
