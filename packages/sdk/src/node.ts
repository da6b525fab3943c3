// The part of the package for Node.js alone: `@projostack/sdk/node`.
export { createNodeFetch, type NodeFetchOptions } from "./node/node-fetch.ts";
