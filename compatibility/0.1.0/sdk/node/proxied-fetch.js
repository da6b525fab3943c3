import { nodeProcess } from "./runtime.js";
let throughProxy;
/** Returns the fetch for the URL: the direct one, or on Node.js one through the proxy that the environment names. */
export async function fetchFor(url, direct) {
    const env = nodeProcess()?.env;
    // The files are loaded only here, so that programs without a proxy do not load them.
    if (env === undefined || !hasProxy(env))
        return direct;
    const { proxyFor } = await import("./proxy-for.js");
    if (proxyFor(url, env) === undefined)
        return direct;
    throughProxy ??= import("./node-fetch.js").then(({ createNodeFetch }) => createNodeFetch());
    return await throughProxy;
}
const hasProxy = (env) => ["http_proxy", "https_proxy", "all_proxy"].some((name) => env[name] || env[name.toUpperCase()]);
