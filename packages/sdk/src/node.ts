// The part of the package for Node.js alone: `@projostack/sdk/node`.
export { clientFromEnv } from "./node/client-from-env.ts";
export { fileTokenStore, type FileTokenStore, type FileTokenStoreOptions } from "./node/file-token-store.ts";
export { createNodeFetch, type NodeFetchOptions } from "./node/node-fetch.ts";
export { fileProblem, type FailedFile, type FileProblem } from "./node/shared-file/file-problem.ts";
export { SharedFileError, type SharedFileProblem } from "./node/shared-file/shared-file-error.ts";
export { sharedFile, type SharedFile, type SharedFileOptions } from "./node/shared-file/shared-file.ts";
export type { Self } from "./node/shared-file/this-process.ts";
