// Types for the parts of a browser that the store uses. Its build has no DOM library. The cast is in `page`, and every part may be
// missing: on a server that renders the page, in an old browser, or on an insecure origin.
import type { AbortSignalLike } from "../platform.ts";

export interface PageLocks {
  request<T>(
    name: string,
    options: { readonly signal?: AbortSignalLike },
    work: () => Promise<T>,
  ): Promise<T>;
}

interface Target<Name extends string, Event = unknown> {
  addEventListener(type: Name, listener: (event: Event) => void): void;
}

/** A request of IndexedDB. */
export interface Request<T> extends Target<"success" | "error" | "upgradeneeded"> {
  readonly result: T;
  readonly error: unknown;
}

export interface ObjectStore {
  get(key: string): Request<unknown>;
  put(value: string, key: string): Request<unknown>;
  delete(key: string): Request<unknown>;
}

interface Transaction extends Target<"complete" | "abort"> {
  readonly error: unknown;
  objectStore(name: string): ObjectStore;
}

export interface Database extends Target<"versionchange" | "close"> {
  transaction(store: string, mode: "readonly" | "readwrite"): Transaction;
  createObjectStore(name: string): unknown;
  close(): void;
}

export interface Channel extends Target<"message", { readonly data: unknown }> {
  postMessage(message: unknown): void;
  close(): void;
}

type PageEvent = "pageshow" | "visibilitychange";

export interface Page {
  readonly document?: unknown;
  readonly indexedDB?: { open(name: string, version: number): Request<Database> } | null;
  readonly navigator?: { readonly locks?: PageLocks };
  readonly BroadcastChannel?: new (name: string) => Channel;
  readonly addEventListener?: (type: PageEvent, listener: () => void) => void;
  readonly removeEventListener?: (type: PageEvent, listener: () => void) => void;
}

/** Reads the globals at each use, so that the import has no effect. */
export function page(): Page {
  const runtime: unknown = globalThis;
  return runtime as Page;
}
