import { readFileSync } from "node:fs";
import type { Plugin } from "rolldown";

/** Replaces the module that reads the version from package.json: the program contains it. */
export const versionInProgram = (manifest: string): Plugin => ({
  name: "version-in-program",
  load: {
    filter: { id: /\/apps\/cli\/src\/version\.ts$/ },
    handler: () => {
      const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
      return `export const version = () => ${JSON.stringify(version)};`;
    },
  },
});
