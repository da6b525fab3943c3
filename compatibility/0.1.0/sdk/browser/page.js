/** Reads the globals at each use, so that the import has no effect. */
export function page() {
    const runtime = globalThis;
    return runtime;
}
