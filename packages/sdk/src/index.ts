// The public API of the package: a typed client of a ProjoStack server, without dependencies.
export { createClient, type Client } from "./client.ts";
export {
  isProjoError,
  ProjoConnectionError,
  ProjoError,
  ProjoTimeoutError,
  UnknownOperationError,
  type ClientErrorCode,
  type ConnectionErrorFields,
  type ConnectionFailure,
  type ProjoErrorFields,
} from "./errors.ts";
export { foldText } from "./fold-text.ts";
export type { Api } from "./generated/api.ts";
export { operations } from "./generated/operations.ts";
export type * from "./generated/types.ts";
export type { OperationName } from "./operation-name.ts";
export type { CallOptions, ClientOptions } from "./options.ts";
export type { Page, Paged } from "./page.ts";
export type { AbortSignalLike, Fetch, FetchedResponse, FetchInit, Signal } from "./platform.ts";
export { memoryTokenStore, type Tokens, type TokenStore } from "./session/token-store.ts";
