// Types for the few globals of the runtime that the SDK uses. Its declarations must compile without the DOM library and
// without @types/node. The only cast is in `platform`, which does not check the runtime.
/** Reads the globals at each use, so that the import has no effect and a test can replace a global. */
export function platform() {
    const runtime = globalThis;
    return runtime;
}
/** The runtime's fetch. Called as a method of the global object, because browsers require that. */
export const runtimeFetch = (url, init) => {
    const runtime = platform();
    if (runtime.fetch === undefined)
        throw new TypeError("This runtime has no fetch. Pass one: createClient({ fetch }).");
    return runtime.fetch(url, init);
};
