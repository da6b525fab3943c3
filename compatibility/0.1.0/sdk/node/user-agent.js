/** Returns the `user-agent` header: the SDK, the runtime and the caller's own suffix. Undefined in an unknown runtime. */
export function userAgent(own, suffix) {
    const runtime = runtimeName();
    return runtime && [own, `(${runtime})`, suffix].filter(Boolean).join(" ");
}
function runtimeName() {
    // Without the types of a runtime, the global object has none of these properties.
    const { process, Deno, navigator } = globalThis;
    const versions = {
        ...process?.versions,
        deno: Deno?.version?.deno,
    };
    // Bun and Deno also have the version of Node.js with which they are compatible.
    for (const name of ["deno", "bun", "node"])
        if (versions[name])
            return `${name}/${versions[name]}`;
    return navigator?.userAgent === "Cloudflare-Workers" ? "workerd" : undefined;
}
