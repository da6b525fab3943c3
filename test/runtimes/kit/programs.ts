// The programs of ../program, built as an application would be: with the packed SDK, installed alone.
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { installAlone, packSdk } from "../../../packages/sdk/test/pack.ts";

const programs = fileURLToPath(new URL("../program", import.meta.url));

export interface Programs {
  /** The folder of the programs, in which the SDK is installed. */
  readonly folder: string;
  /** The script of a page, with the SDK in it. */
  readonly pageScript: string;
  remove(): Promise<void>;
}

/** Packs the SDK and builds the programs with it. */
export async function buildPrograms(): Promise<Programs> {
  const packed = await packSdk();
  try {
    const folder = join(packed.folder, "consumer");
    await mkdir(folder);
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
    await installAlone(packed.tarball, folder);
    await cp(programs, join(folder, "program"), { recursive: true });
    const inNode = join(folder, "program", "in-node.ts");
    for (const format of ["esm", "cjs"] as const) {
      const code = await bundle(inNode, { format, external: /^@projostack\// });
      await writeFile(join(folder, `in-node.${format === "esm" ? "mjs" : "cjs"}`), code);
    }
    const pageScript = await bundle(join(folder, "program", "in-page.ts"), { format: "esm" });
    return { folder, pageScript, remove: packed.remove };
  } catch (error) {
    await packed.remove();
    throw error;
  }
}

/** Builds the script of a page from the sources of the SDK, which takes less time than packing it. */
export const buildPageFromSources = (): Promise<string> =>
  bundle(join(programs, "in-page.ts"), { format: "esm", conditions: ["@projostack/source"] });

/** Builds the script of a page whose session is in a cookie. */
export const buildCookiePageFromSources = (): Promise<string> =>
  bundle(join(programs, "cookie-page.ts"), { format: "esm", conditions: ["@projostack/source"] });

/** Builds the program of a process from the sources of the SDK, as an ES module. */
export const buildWorkerFromSources = (): Promise<string> =>
  bundle(join(programs, "worker.ts"), {
    format: "esm",
    external: /^node:/,
    conditions: ["@projostack/source"],
  });

export interface BundleOptions {
  readonly format: "esm" | "cjs";
  readonly external?: RegExp;
  readonly conditions?: readonly string[];
}

/** Bundles a program as an application does. @returns its code */
export async function bundle(
  input: string,
  { format, external, conditions = [] }: BundleOptions,
): Promise<string> {
  const build = await rolldown({
    input,
    external: external ?? [],
    platform: "browser",
    resolve: { conditionNames: [...conditions, "import", "default"] },
  });
  try {
    const { output } = await build.generate({ format, codeSplitting: false });
    return output[0].code;
  } finally {
    await build.close();
  }
}
