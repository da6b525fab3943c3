// Bundles each subpath for browsers with four bundlers, without a warning, and measures the size of what a page loads.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { z } from "zod";
import { run } from "../../packages/sdk/test/pack.ts";
import { createProject, type Packed } from "./project.ts";
import { columns, messageOf, type Section } from "./report.ts";
import { specifier, subpaths, type Subpath } from "./subpaths.ts";
import { toolProgram } from "./tools.ts";

/** The size that a page may load for the client of the main path, compressed with gzip. */
const LARGEST_CLIENT = 8 * 1024;
/** What an application imports: the client, its default store, and every error and guard. The rest are helpers. */
const client =
  "{ createClient, isProjoError, isReason, memoryTokenStore, ProjoConnectionError, ProjoError, ProjoTimeoutError, UnknownOperationError }";

/**
 * Statements that bundle `entry.js` of the folder `place` for browsers and give each warning to `warn`. A program runs them for
 * every subpath of a project, so the bundler is loaded once.
 */
const bundlers: Readonly<Record<string, { module: string; program: string }>> = {
  esbuild: {
    module: "esbuild/lib/main.js",
    program: `const { build } = bundler.default ?? bundler;
const { warnings } = await build({ entryPoints: [place + "/entry.js"], bundle: true, format: "esm", platform: "browser", outfile: place + "/out/esbuild.js", logLevel: "silent" });
for (const { text } of warnings) warn(text);`,
  },
  rolldown: {
    module: "rolldown/dist/index.mjs",
    program: `const built = await bundler.rolldown({ input: place + "/entry.js", platform: "browser", onLog: (_, log) => warn(log.message) });
await built.write({ dir: place + "/out/rolldown" });
await built.close();`,
  },
  rollup: {
    module: "rollup/dist/es/rollup.js",
    // Rollup resolves packages with a plugin. This one reads the condition "import" of exports.
    program: `const { fileURLToPath } = await import("node:url");
const resolve = { name: "resolve", resolveId: (id, from) => (from === undefined || /^[./]/.test(id) ? null : fileURLToPath(import.meta.resolve(id))) };
const built = await bundler.rollup({ input: place + "/entry.js", plugins: [resolve], onLog: (_, log) => warn(log.message) });
await built.write({ dir: place + "/out/rollup", format: "esm" });
await built.close();`,
  },
  webpack: {
    module: "webpack/lib/index.js",
    program: `await new Promise((resolve, reject) => bundler.default({ entry: "./entry.js", mode: "production", target: "web", performance: false, context: place, output: { path: place + "/out/webpack" } },
  (error, stats) => {
    if (error) return reject(error);
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    for (const { message } of [...errors, ...warnings]) warn(message);
    resolve();
  }));`,
  },
};

export async function bundlePrograms(packed: Packed, tools: string): Promise<Section> {
  const problems: string[] = [];
  const rows: string[][] = [];
  const peers = [...new Set(subpaths.flatMap(({ packages }) => packages))];
  const alone = await createProject(packed, "bundle-alone", tools, []);
  const withPeers = await createProject(packed, "bundle-with-peers", tools, peers);
  const groups = [
    { project: alone, bundled: subpaths.filter(({ packages }) => packages.length === 0) },
    { project: withPeers, bundled: subpaths.filter(({ packages }) => packages.length > 0) },
  ];
  for (const { project, bundled } of groups) {
    for (const subpath of bundled) await writeEntry(join(project, folderOf(subpath)), subpath);
    const folders = bundled.map(folderOf);
    const outputs = new Map<string, Outputs>();
    for (const [name, bundler] of Object.entries(bundlers))
      outputs.set(name, await bundle(project, { name, ...bundler, folders }, tools));
    for (const subpath of bundled) {
      const place = join(project, folderOf(subpath));
      const row = [subpath.path];
      for (const [name, outputOf] of outputs) {
        const output = outputOf(folderOf(subpath));
        row.push(output === "" ? "ok" : "FAILED");
        if (output !== "") problems.push(`${subpath.path}, ${name}: ${output}`);
      }
      rows.push([...row, ...cells(await measure(place, subpath, tools, "*"))]);
      if (subpath.path === ".") {
        const size = await measure(place, subpath, tools, client);
        rows.push([". (client)", ...Object.keys(bundlers).map(() => ""), ...cells(size)]);
        if (size.page.gzip > LARGEST_CLIENT)
          problems.push(
            `The client has ${size.page.gzip} bytes with gzip. At most ${LARGEST_CLIENT} are allowed. Load what an ordinary call does not need with import().`,
          );
      }
    }
  }
  return {
    title: "Bundles for browsers, in bytes",
    lines: [
      ...columns([
        ["subpath", ...Object.keys(bundlers), "minified", "gzip", "brotli", "gzip, loaded later"],
        ...rows,
      ]),
      "",
      "The size is that of every export of the subpath, bundled and minified by esbuild, without the peers; for the client, that",
      "of createClient, its default store, the errors and the guards. What a call needs after a failure is loaded later.",
    ],
    problems,
  };
}

const folderOf = ({ path }: Subpath): string => path.replaceAll(/\W/g, "") || "main";

async function writeEntry(place: string, subpath: Subpath): Promise<void> {
  await mkdir(place);
  await writeFile(join(place, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(
    join(place, "entry.js"),
    `import * as part from "${specifier(subpath)}";\nglobalThis.part = part;\n`,
  );
}

/** The warnings and the error of a bundler in a folder; empty if there are none. */
type Outputs = (folder: string) => string;

async function bundle(
  project: string,
  { name, module, program, folders }: { name: string; module: string; program: string; folders: string[] },
  tools: string,
): Promise<Outputs> {
  const url = pathToFileURL(toolProgram(tools, module)).href;
  await writeFile(
    join(project, `${name}.mjs`),
    `import * as bundler from ${JSON.stringify(url)};
const outputs = {};
for (const folder of ${JSON.stringify(folders)}) {
  const place = process.cwd() + "/" + folder;
  const lines = [];
  const warn = (line) => lines.push(line);
  try {
${program}
  } catch (error) { warn(String(error)); }
  outputs[folder] = lines.join("\\n");
}
console.log(JSON.stringify(outputs));\n`,
  );
  try {
    const printed = await run(process.execPath, [`${name}.mjs`], { cwd: project });
    const outputs = z.record(z.string(), z.string()).parse(JSON.parse(printed));
    return (folder) => outputs[folder] ?? "The bundler has no result.";
  } catch (error) {
    return () => messageOf(error);
  }
}

interface Size {
  bytes: number;
  gzip: number;
  brotli: number;
}

const cells = ({ page, later }: { page: Size; later: Size }): string[] =>
  [page.bytes, page.gzip, page.brotli, later.gzip].map(String);

/** Measures the file that a page loads with its static imports, and the files that it loads later. */
async function measure(
  place: string,
  subpath: Subpath,
  tools: string,
  names: string,
): Promise<{ page: Size; later: Size }> {
  const url = pathToFileURL(toolProgram(tools, "esbuild/lib/main.js")).href;
  await rm(join(place, "sized"), { recursive: true, force: true });
  await writeFile(join(place, "whole.js"), `export ${names} from "${specifier(subpath)}";\n`);
  await writeFile(
    join(place, "measure.js"),
    `import esbuild from ${JSON.stringify(url)};
const { metafile } = await esbuild.build({ entryPoints: ["whole.js"], bundle: true, minify: true, splitting: true, format: "esm", platform: "browser", outdir: "sized", metafile: true, external: ${JSON.stringify(subpath.packages)} });
const page = new Set(["sized/whole.js"]);
for (const file of page) for (const { path, kind } of metafile.outputs[file].imports) if (kind === "import-statement" && path in metafile.outputs) page.add(path);
console.log(JSON.stringify([...page]));`,
  );
  const page = z
    .array(z.string())
    .parse(JSON.parse(await run(process.execPath, ["measure.js"], { cwd: place })));
  const files = (await readdir(join(place, "sized"))).map((file) => `sized/${file}`);
  const sizeOf = async (paths: readonly string[]) => {
    const size: Size = { bytes: 0, gzip: 0, brotli: 0 };
    for (const path of paths) {
      const content = await readFile(join(place, path));
      size.bytes += content.length;
      size.gzip += gzipSync(content, { level: constants.Z_BEST_COMPRESSION }).length;
      size.brotli += brotliCompressSync(content).length;
    }
    return size;
  };
  return { page: await sizeOf(page), later: await sizeOf(files.filter((file) => !page.includes(file))) };
}
