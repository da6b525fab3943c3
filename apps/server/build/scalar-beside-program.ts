import type { Plugin } from "rolldown";

/** Replaces the module that finds Scalar's package. In the published package, its files lie in `scalar` beside the program. */
export const scalarBesideProgram = (): Plugin => ({
  name: "scalar-beside-program",
  load: {
    filter: { id: /\/http\/openapi\/scalar-files\.ts$/ },
    handler: () =>
      `import { fileURLToPath } from "node:url";
       const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
       export const scalarFiles = () => ({ bundle: pathOf("scalar/standalone.js"), manifest: pathOf("scalar/package.json") });`,
  },
});
