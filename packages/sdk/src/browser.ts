// The part of the package for pages in a browser: `@projostack/sdk/browser`.
export { BrowserStoreError, type BrowserStoreProblem } from "./browser/browser-store-error.ts";
export {
  browserTokenStore,
  type BrowserTokenStore,
  type BrowserTokenStoreOptions,
} from "./browser/browser-token-store.ts";
export type { SessionChange } from "./browser/session-changes.ts";
