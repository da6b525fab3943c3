// The public API of the package: a typed client of a ProjoStack server, without dependencies.
export type { AllOptions, Answer, Call, Paged, ResponseHeaders, Result } from "./answer.ts";
export type { UrlLike } from "./base-url.ts";
export { createClient, type Client } from "./client.ts";
export type { CookieAuth, CookieClient, SignedInWithCookie } from "./cookie-client.ts";
export {
  isProjoError,
  isReason,
  ProjoConnectionError,
  ProjoError,
  ProjoTimeoutError,
  UnknownOperationError,
  type ClientErrorCode,
  type ConnectionErrorFields,
  type ConnectionFailure,
  type OperationError,
  type ProjoErrorFields,
  type ReasonError,
  type ReasonsOf,
} from "./errors.ts";
export type { Hooks, RequestEvent, ResponseEvent, RetryEvent } from "./call/hooks.ts";
export type { Traceparent } from "./call/traceparent.ts";
export { foldText } from "./fold-text.ts";
export type { Api } from "./generated/api.ts";
export { operations } from "./generated/operations.ts";
export type * from "./generated/types.ts";
export type { OperationTypes } from "./generated/operation-types.ts";
export type { HeadersLike } from "./headers.ts";
export type { OperationName } from "./operation-name.ts";
export type {
  CallOptions,
  ClientOptions,
  CommonOptions,
  CookieClientOptions,
  MethodOptions,
  NoInput,
} from "./options.ts";
export type { Page } from "./page.ts";
export type { AbortSignalLike, Fetch, FetchedResponse, FetchInit, Signal } from "./platform.ts";
export { memoryTokenStore, type Tokens, type TokenStore } from "./session/token-store.ts";
