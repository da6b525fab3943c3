import { runtimeFetch, type Fetch } from "../platform.ts";
import { proxyFor } from "./proxy-for.ts";
import { nodeProcess } from "./runtime.ts";

let proxiedFetch: Promise<Fetch> | undefined;

/** The runtime's fetch; on Node.js, a fetch through the proxy that the environment names for the URL. */
export const defaultFetch: Fetch = async (url, init) => {
  const env = nodeProcess()?.env;
  if (env === undefined || proxyFor(url, env) === undefined) return await runtimeFetch(url, init);
  // Loaded only here, so that browsers and programs without a proxy do not load it.
  proxiedFetch ??= import("./node-fetch.ts").then(({ createNodeFetch }) => createNodeFetch());
  return await (
    await proxiedFetch
  )(url, init);
};
