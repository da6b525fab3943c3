// Corrects the manifests of some packages before pnpm resolves them.
export const hooks = {
  /** @param {Record<"dependencies" | "optionalDependencies" | "peerDependencies" | "peerDependenciesMeta", Record<string, unknown>> & { name: string }} manifest */
  readPackage(manifest) {
    // The server sends the browser bundle of this package, which contains the dependencies.
    if (manifest.name === "@scalar/api-reference") manifest.dependencies = {};
    // These generators use the compiler's API, which TypeScript 7 does not have.
    if (["openapi-typescript", "@hey-api/openapi-ts"].includes(manifest.name)) {
      delete manifest.peerDependencies.typescript;
      manifest.dependencies.typescript = "5.9.3";
    }
    // They can be used with Next.js, which examples/next has. Without this, pnpm would install it with the server as well.
    if (["@trpc/server", "better-auth"].includes(manifest.name)) {
      delete manifest.peerDependencies.next;
      delete manifest.peerDependenciesMeta.next;
    }
    // It resizes images. The example has none.
    if (manifest.name === "next") delete manifest.optionalDependencies.sharp;
    return manifest;
  },
};
