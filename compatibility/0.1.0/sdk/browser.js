// The part of the package for pages in a browser: `@projostack/sdk/browser`.
export { BrowserStoreError } from "./browser/browser-store-error.js";
export { browserTokenStore, } from "./browser/browser-token-store.js";
