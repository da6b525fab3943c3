// What only servers need: the proxies of the environment, and the name of the runtime.
export { fetchFor } from "./proxied-fetch.js";
export { userAgent } from "./user-agent.js";
