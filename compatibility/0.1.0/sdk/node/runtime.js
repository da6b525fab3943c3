// Types for the parts of Node.js that the SDK uses. Its build has neither the DOM library nor @types/node. Modules are taken
// from process.getBuiltinModule and not by an import, so that the package also works in browsers and in every bundler. The
// casts are in `nodeProcess` and `nodeModules`, which check that the runtime is Node.js.
/** The global URL. This file takes it from the global object itself, because a page does not load this file. */
export const parseUrl = (text) => new globalThis.URL(text);
/** Returns the process of Node.js 20.16 or newer; undefined in any other runtime. */
export function nodeProcess() {
    const runtime = globalThis;
    const { env, versions, getBuiltinModule } = runtime.process ?? {};
    if (!env || !versions?.["node"] || versions["bun"] || versions["deno"] || !getBuiltinModule)
        return undefined;
    return { env, versions, getBuiltinModule };
}
/** Returns the environment variables of Node.js, Deno or Bun. */
export function environment() {
    const runtime = globalThis;
    return runtime.process?.env ?? {};
}
/** @throws TypeError in a runtime other than Node.js */
export function nodeModules() {
    const found = nodeProcess();
    if (!found)
        throw new TypeError("This function needs Node.js 20.16 or newer.");
    const modules = {
        http: found.getBuiltinModule("node:http"),
        https: found.getBuiltinModule("node:https"),
        tls: found.getBuiltinModule("node:tls"),
        Buffer: found.getBuiltinModule("node:buffer").Buffer,
    };
    return modules;
}
