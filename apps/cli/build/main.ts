// Builds the program: the file that starts, files that are loaded when a command needs them, the man page, and the notices of the
// bundled packages.
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { manPage } from "../src/reference/man.ts";
import { describeProgram } from "../src/reference/describe-program.ts";
import { version } from "../src/version.ts";
import { noticesOf } from "../../../scripts/bundle/notices.ts";
import { lazyProcesses } from "./lazy-processes.ts";
import { versionInProgram } from "./version-in-program.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const target = join(root, "apps/cli/dist");

/**
 * What several commands share: few files start faster than many. What only a failed command uses is in a file of its own. Everything
 * else is beside the only command that uses it.
 */
const chunks = [
  {
    name: "start",
    priority: 3,
    test: /cli\/src\/(?:version|compiled-code|(?:home|cache)-directory)\.ts$/,
  },
  {
    name: "main",
    priority: 2,
    test: /\/node_modules\/(?:commander|picocolors)\/|cli\/src\/(?:(?!start\.|report-error|explain)[a-z-]+|terminal\/(?:printer|sanitize|short-time|status-line)|settings\/(?:settings|settings-file|apply-settings)|credentials\/config-directory|connection\/server-url|commands\/(?:pages|role|order-option|verbs))\.ts$/,
  },
  {
    name: "client",
    priority: 1,
    test: /\/packages\/sdk\/src\/(?!call\/recovery\/)|cli\/src\/(?:connection\/(?!explain|check-server)|credentials\/|names\/|output\/(?:columns|delimited)|commands\/(?:several|confirm|count|missing|choose|print-record)\.ts)/,
  },
  {
    name: "errors",
    priority: 0,
    test: /\/packages\/sdk\/src\/call\/recovery\/|cli\/src\/(?:explain|connection\/explain-connection|inputs\/(?:describe-field-errors|input-sources|typed-input))\.ts$/,
  },
] as const;

await rm(target, { recursive: true, force: true });
const bundle = await rolldown({
  input: { projo: join(root, "apps/cli/src/start.ts") },
  platform: "node",
  resolve: { conditionNames: ["@projostack/source", "node"] },
  plugins: [lazyProcesses, versionInProgram(join(root, "apps/cli/package.json"))],
  onLog: (level, log, report) => {
    // The SDK and the program load some files of their own only when they need them. Commands that always need them import them.
    if (log.code === "INEFFECTIVE_DYNAMIC_IMPORT") return;
    report(level === "warn" ? "error" : level, log);
  },
});
const { output } = await bundle.write({
  dir: target,
  // Node.js starts a CommonJS module faster than an ES module.
  format: "cjs",
  // compiled-code.ts runs the files as scripts, which cannot import.
  dynamicImportInCjs: false,
  entryFileNames: "[name].cjs",
  chunkFileNames: "[name]-[hash].cjs",
  minify: true,
  banner: (chunk) => (chunk.isEntry ? "#!/usr/bin/env node" : ""),
  codeSplitting: { groups: [...chunks] },
});
await bundle.close();
const program = join(target, "projo.cjs");
await chmod(program, 0o755);
const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
// The package jq-wasm contains jq and its libraries as WebAssembly, without their licences.
const jqLicences = await readFile(join(root, "apps/cli/build/jq-licences.txt"), "utf8");
const notices = [noticesOf(modules), jqLicences].join(`\n${"-".repeat(80)}\n\n`);
await writeFile(join(target, "THIRD-PARTY-NOTICES.txt"), notices);

// The description of the commands neither reads nor writes anything.
const { stdin, stdout, stderr } = process;
const io = {
  stdin,
  stdout,
  stderr,
  env: {},
  homeDirectory: undefined,
  workingDirectory: root,
  platform: process.platform,
};
await writeFile(
  join(target, "projo.1"),
  manPage(await describeProgram({ ...io, onInterrupt: () => () => {} }), version()),
);
