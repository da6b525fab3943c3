// Types for the few globals of the runtime that the SDK uses. Its declarations must compile without the DOM library and
// without @types/node. The only cast is in `platform`, which does not check the runtime.

/** The part of an AbortSignal that the SDK uses. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The global AbortSignal type, or {@link AbortSignalLike} in a project without that type. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : AbortSignalLike;

/** The options that the SDK passes to `fetch`. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  redirect: "manual";
  /** Set for a client whose session is in a cookie. */
  credentials?: "include";
  signal: Signal;
}

/** The part of a fetch response that the SDK uses. */
export interface FetchedResponse {
  readonly status: number;
  readonly type?: string;
  /** The origin of the proxy through which the response came, if the implementation knows it. */
  readonly proxy?: string | undefined;
  readonly headers: { get(name: string): string | null };
  readonly bodyUsed?: boolean;
  text(): Promise<string>;
}

/** The type of `fetch`, or of a replacement for it. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchedResponse>;

export interface ParsedUrl {
  readonly protocol: string;
  readonly origin: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly username: string;
  readonly password: string;
  readonly search: string;
  readonly hash: string;
}

export interface Platform {
  readonly fetch?: Fetch;
  readonly crypto?: {
    randomUUID?(): string;
    getRandomValues?(bytes: Uint8Array): Uint8Array;
  };
  readonly console?: { warn(line: string): void };
  readonly URL: new (text: string, base?: string) => ParsedUrl;
  readonly AbortController: new () => { readonly signal: Signal; abort(): void };
  /** The address of the page or of the worker. Browsers have it, servers do not. */
  readonly location?: { readonly origin: string };
  readonly process?: { readonly versions?: unknown };
  readonly Deno?: unknown;
  readonly navigator?: { readonly userAgent?: string };
  readonly setTimeout: (act: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
}

/** Reads the globals at each use, so that the import has no effect and a test can replace a global. */
export function platform(): Platform {
  const runtime: unknown = globalThis;
  return runtime as Platform;
}

/** The runtime's fetch. Called as a method of the global object, because browsers require that. */
export const runtimeFetch: Fetch = (url, init) => {
  const runtime = platform();
  if (runtime.fetch === undefined)
    throw new TypeError("This runtime has no fetch. Pass one: createClient({ fetch }).");
  return runtime.fetch(url, init);
};
