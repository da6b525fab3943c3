import { version } from "./generated/version.js";
import { platform, runtimeFetch } from "./platform.js";
let loading;
/** Loads what only servers need. Undefined in a browser. */
function loadServerPart() {
    const { process, Deno, navigator } = platform();
    const isServer = process?.versions ?? Deno ?? navigator?.userAgent === "Cloudflare-Workers";
    return isServer ? (loading ??= import("./node/server-part.js")) : undefined;
}
/** The runtime's fetch; on Node.js, a fetch through the proxy that the environment names for the URL. */
export const defaultFetch = async (url, init) => {
    const server = await loadServerPart();
    return await (server ? await server.fetchFor(url, runtimeFetch) : runtimeFetch)(url, init);
};
/** Returns the `user-agent` header. Undefined in a browser without a suffix, because browsers set their own header. */
export async function userAgent(suffix) {
    const server = await loadServerPart();
    const own = `projostack-sdk/${version}`;
    return server?.userAgent(own, suffix) ?? (suffix && `${own} ${suffix}`);
}
