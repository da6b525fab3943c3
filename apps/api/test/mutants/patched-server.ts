// Starts servers from source code in which checks are replaced. Vite loads the modules as Vitest does, separately from those of
// the tests, and replaces the text while it loads them. No file on disk changes.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createViteServer } from "vitest/node";
import type { startServerOver } from "../kit/index.ts";
import type { SourceGuard } from "./mutant.ts";

export interface PatchedServers {
  /** Loads the source code without the checks. @throws when the text of a check does not occur exactly once in its file */
  load(guards: readonly SourceGuard[]): Promise<{ startServerOver: typeof startServerOver }>;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));

export async function openPatchedServers(): Promise<PatchedServers> {
  let removed: readonly SourceGuard[] = [];
  const vite = await createViteServer({
    configFile: false,
    root,
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, ws: false, watch: null, hmr: false },
    optimizeDeps: { noDiscovery: true },
    resolve: {
      alias: [
        { find: /^@projostack\/db\/testing$/, replacement: `${root}packages/db/test/kit/index.ts` },
        { find: /^@projostack\/(authz|contract|db)$/, replacement: `${root}packages/$1/src/index.ts` },
      ],
    },
    plugins: [
      {
        name: "remove-checks",
        enforce: "pre",
        transform: (code, id) => removed.filter(({ file }) => id === root + file).reduce(replaceCheck, code),
      },
    ],
  });
  return {
    load: async (next) => {
      for (const { file, text } of next) {
        const found = readFileSync(root + file, "utf8").split(text).length - 1;
        if (found !== 1)
          throw new Error(`The text of a check must occur once in ${file}, found ${found} times: ${text}`);
      }
      const { moduleGraph } = vite.environments.ssr;
      for (const { file } of [...removed, ...next]) moduleGraph.onFileChange(root + file);
      removed = next;
      const kit = await vite.ssrLoadModule(`${root}apps/api/test/kit/test-server.ts`);
      return kit as { startServerOver: typeof startServerOver };
    },
    close: () => vite.close(),
  };
}

const replaceCheck = (code: string, { text, replacement }: SourceGuard): string =>
  code.replace(text, () => replacement);
