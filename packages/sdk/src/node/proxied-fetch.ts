import type { Fetch } from "../platform.ts";
import { nodeProcess, type Environment } from "./runtime.ts";

let throughProxy: Promise<Fetch> | undefined;

/** Returns the fetch for the URL: the direct one, or on Node.js one through the proxy that the environment names. */
export async function fetchFor(url: string, direct: Fetch): Promise<Fetch> {
  const env = nodeProcess()?.env;
  // The files are loaded only here, so that programs without a proxy do not load them.
  if (env === undefined || !hasProxy(env)) return direct;
  const { proxyFor } = await import("./proxy-for.ts");
  if (proxyFor(url, env) === undefined) return direct;
  throughProxy ??= import("./node-fetch.ts").then(({ createNodeFetch }) => createNodeFetch());
  return await throughProxy;
}

const hasProxy = (env: Environment): boolean =>
  ["http_proxy", "https_proxy", "all_proxy"].some((name) => env[name] || env[name.toUpperCase()]);
