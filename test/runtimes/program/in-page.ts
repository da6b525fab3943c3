// Gives the tests access to the SDK in a page of a browser.
import { createClient } from "@projostack/sdk";
import { browserTokenStore } from "@projostack/sdk/browser";
import { runScenarios } from "./scenarios.ts";

const { location } = globalThis as unknown as { location: { origin: string } };
const baseUrl = location.origin;
const tokens = browserTokenStore();

const inPage = {
  runScenarios: (run: string) =>
    runScenarios({ baseUrl, run, storeOf: (name) => browserTokenStore({ name }) }),
  tokens,
  /** A client of a server on another origin. Its session ends with the page. */
  clientOf: (otherUrl: string) => createClient({ baseUrl: otherUrl, maxRetries: 0 }),
  client: createClient({ baseUrl, tokens }),
};

export type InPage = typeof inPage;

Object.assign(globalThis, { inPage: () => inPage });
