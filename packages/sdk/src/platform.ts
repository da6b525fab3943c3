// The few globals the SDK needs of its runtime, in types of its own: its declarations must compile where there
// is neither the DOM library nor @types/node. The one cast is at the end, where the runtime is taken at its word.

/** As much of an AbortSignal as is needed. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The AbortSignal of the project that uses the SDK, or as much of one as is needed when it knows none. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : AbortSignalLike;

export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  redirect: "manual";
  signal: Signal;
}

export interface FetchedResponse {
  readonly status: number;
  readonly type?: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** `fetch`, or anything that can stand in for it. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchedResponse>;

interface ParsedUrl {
  readonly protocol: string;
  readonly origin: string;
  readonly pathname: string;
  readonly username: string;
  readonly password: string;
  readonly search: string;
  readonly hash: string;
}

interface Platform {
  readonly fetch?: Fetch;
  readonly URL: new (text: string, base?: string) => ParsedUrl;
  readonly AbortController: new () => { readonly signal: Signal; abort(): void };
  readonly setTimeout: (act: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
}

/** Looked up at each use, so that importing the SDK does nothing and a test may replace a global. */
export function platform(): Platform {
  const runtime: unknown = globalThis;
  return runtime as Platform;
}

/** The runtime's own fetch, called on it: browsers refuse it elsewhere. */
export const runtimeFetch: Fetch = (url, init) => {
  const runtime = platform();
  if (runtime.fetch === undefined)
    throw new TypeError("This runtime has no fetch. Pass one: createClient({ fetch }).");
  return runtime.fetch(url, init);
};
