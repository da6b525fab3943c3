// On a server that renders a page. test/runtimes/tabs.test.ts has the tests in a browser.
import { expect, it } from "vitest";
import { BrowserStoreError, browserTokenStore } from "../../src/browser.ts";
import { createClient } from "../../src/index.ts";
import { startTokenServer, tokensOf } from "../token-server.ts";

it("the store is empty on a server, and stores nothing there, because a server has many users", async () => {
  const store = browserTokenStore();
  expect(await store.get()).toBeUndefined();
  expect(await store.lock?.(async () => "done")).toBe("done");
  await expect(store.set(tokensOf(1))).rejects.toThrow(
    new BrowserStoreError(
      "browserTokenStore keeps a session in a browser with IndexedDB. On a server, create a client with a store for each request.",
      "blocked",
    ),
  );
  const handles = process.getActiveResourcesInfo().length;
  const stop = store.onChange(() => {});
  expect(process.getActiveResourcesInfo().length).toBe(handles);
  stop();
});

it("lets a server call public operations", async () => {
  const server = await startTokenServer();
  const client = createClient({ baseUrl: server.url, tokens: browserTokenStore() });
  await expect(client.tasks.get({ id: "t" })).rejects.toMatchObject({ reason: "auth.unauthenticated" });
  expect(server.requests[0]?.headers.authorization).toBeUndefined();
});

it("rejects an empty name", () => {
  expect(() => browserTokenStore({ name: "" })).toThrow("name must be a text that is not empty.");
});
