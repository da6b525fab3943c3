// Files that the program reads at run time. The sources name them by `new URL("<path>", import.meta.url)`. In the bundle each of
// them lies beside the program, and the plugin rewrites its URL.
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Plugin } from "rolldown";

/** The name beside the program, by the path in the repository. */
export type Assets = Readonly<Record<string, string>>;

interface Place {
  /** The root of the repository. */
  readonly root: string;
  /** The directory of the program. */
  readonly target: string;
}

const NAMED_FILE = /new URL\(\s*"(\.[^"]+)",\s*import\.meta\.url,?\s*\)/g;

/** Rewrites the URLs of files. @throws Error for a file that is not an asset, because the bundle would not find it */
export function assetUrls(assets: Assets, { root }: Pick<Place, "root">): Plugin {
  const names = new Map(Object.entries(assets).map(([path, name]) => [resolve(root, path), name]));
  return {
    name: "asset-urls",
    transform: {
      filter: { code: "import.meta.url" },
      handler(code, id) {
        if (id.includes("node_modules")) return null;
        const rewritten = code.replaceAll(NAMED_FILE, (_, path: string) => {
          const name = names.get(resolve(dirname(id), path));
          if (name === undefined)
            throw new Error(`${id} reads ${path}, which is not in the assets of apps/server/build/main.ts.`);
          return `new URL("./${name}", import.meta.url)`;
        });
        // Each line keeps its number, so the source map stays valid.
        return rewritten === code ? null : { code: rewritten, map: null };
      },
    },
  };
}

/** Copies the assets beside the program. @throws Error when one is missing */
export async function copyAssets(assets: Assets, { root, target }: Place): Promise<void> {
  for (const [path, name] of Object.entries(assets)) {
    const source = join(root, path);
    if (!existsSync(source)) throw new Error(`${path} is missing. Build it first: npx -y pnpm@12 build`);
    await cp(source, join(target, name), {
      recursive: true,
      filter: (file) => basename(file) !== ".gitkeep",
    });
  }
}
