// The part of the package for Node.js alone: `@projostack/sdk/node`.
export { clientFromEnv } from "./node/client-from-env.js";
export { fileTokenStore } from "./node/file-token-store.js";
export { createNodeFetch } from "./node/node-fetch.js";
export { fileProblem } from "./node/shared-file/file-problem.js";
export { SharedFileError } from "./node/shared-file/shared-file-error.js";
export { sharedFile } from "./node/shared-file/shared-file.js";
