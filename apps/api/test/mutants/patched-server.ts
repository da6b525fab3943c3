// The server from sources in which one guard is missing. Vite loads them as Vitest does, a second time and apart from the
// tests' own, with one text replaced on the way: nothing on the disk changes, and nothing else is different.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createViteServer } from "vitest/node";
import type { startServerOver } from "../kit/index.ts";
import type { SourceGuard } from "./mutant.ts";

export interface PatchedServers {
  /** Loads the server's sources anew. @throws when the guard is not in its file exactly once */
  load(guards: readonly SourceGuard[]): Promise<{ startServerOver: typeof startServerOver }>;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));

export async function openPatchedServers(): Promise<PatchedServers> {
  let missing: readonly SourceGuard[] = [];
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
        name: "one-guard-less",
        enforce: "pre",
        transform: (code, id) => missing.filter(({ file }) => id === root + file).reduce(replaced, code),
      },
    ],
  });
  return {
    load: async (next) => {
      for (const { file, guard } of next) {
        const found = readFileSync(root + file, "utf8").split(guard).length - 1;
        if (found !== 1) throw new Error(`${file} has this guard ${found} times, not once: ${guard}`);
      }
      const { moduleGraph } = vite.environments.ssr;
      for (const { file } of [...missing, ...next]) moduleGraph.onFileChange(root + file);
      missing = next;
      const kit = await vite.ssrLoadModule(`${root}apps/api/test/kit/test-server.ts`);
      return kit as { startServerOver: typeof startServerOver };
    },
    close: () => vite.close(),
  };
}

const replaced = (code: string, { guard, without }: SourceGuard): string =>
  code.replace(guard, () => without);
