// Builds the program: one JavaScript file with its source map, the files that it reads, the notices of the bundled packages, and
// the manifest of the package that is published.
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { assetUrls, copyAssets, type Assets } from "./assets.ts";
import { heapOptions } from "../src/heap-options.ts";
import { noticesOf } from "../../../scripts/bundle/notices.ts";
import { publishedManifest, unbundled } from "./published-manifest.ts";
import { scalarBesideProgram } from "./scalar-beside-program.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const target = join(root, "apps/server/dist");
const scalar = "apps/api/node_modules/@scalar/api-reference";

const assets: Assets = {
  "packages/db/prisma/migrations": "migrations",
  "apps/api/data/common-passwords.bin": "common-passwords.bin",
  "apps/web/dist": "web",
  LICENSE: "LICENSE",
  [`${scalar}/package.json`]: "scalar/package.json",
  [`${scalar}/dist/browser/standalone.js`]: "scalar/standalone.js",
};

await rm(target, { recursive: true, force: true });
const bundle = await rolldown({
  input: join(root, "apps/server/src/main.ts"),
  platform: "node",
  external: unbundled.map((name) => new RegExp(`^${name}`)),
  resolve: { conditionNames: ["@projostack/source", "node"] },
  plugins: [
    assetUrls({ ...assets, "apps/server/package.json": "package.json" }, { root }),
    scalarBesideProgram(),
  ],
  onLog: (level, log, report) => report(level === "warn" ? "error" : level, log),
});
const program = join(target, "projostack.js");
const { output } = await bundle.write({
  file: program,
  format: "esm",
  sourcemap: true,
  codeSplitting: false,
  banner: `#!/usr/bin/env -S node ${heapOptions.join(" ")}`,
});
await bundle.close();
const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
await chmod(program, 0o755);
await copyAssets(assets, { root, target });
await writeFile(join(target, "THIRD-PARTY-NOTICES.txt"), noticesOf(modules));
await writeFile(join(target, "package.json"), publishedManifest(root));
