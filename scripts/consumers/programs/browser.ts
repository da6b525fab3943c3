// A program that uses `@projostack/sdk/browser`.
import { createClient } from "@projostack/sdk";
import {
  BrowserStoreError,
  browserTokenStore,
  type BrowserTokenStore,
  type SessionChange,
} from "@projostack/sdk/browser";

const tokens: BrowserTokenStore = browserTokenStore({ name: "acme" });
export const client = createClient({ baseUrl: "/api", tokens });
export const stop: () => void = tokens.onChange((change: SessionChange) => void change.isSignedIn);
export const isStoreProblem = (error: unknown): boolean => error instanceof BrowserStoreError;
