// Tabs of one browser share a session. The site counts the refreshes that reach the server.
import {
  eventually,
  expiredAccessToken,
  startTestServer,
  type TestServer,
  hasChromium,
  noChromium,
  startChromium,
} from "@projostack/api/testing";
import type { Tokens } from "@projostack/sdk";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildPageFromSources } from "./kit/programs.ts";
import { openSite, type Site } from "./kit/site.ts";
import type { InPage } from "./program/in-page.ts";

/** In the page: ./program/in-page.ts defines it. */
declare const inPage: () => InPage;

const isFull = process.env["PROJO_TEST_FULL"] === "1";
// PROJO_TEST_ROUNDS=20 runs more.
const ROUNDS = Number(process.env["PROJO_TEST_ROUNDS"] ?? (isFull ? 8 : 5));
const TABS = 10;

/** Calls an operation. @returns the email of the user, or the reason of the failure */
const callMe = (tab: Page): Promise<string> =>
  tab.evaluate(() =>
    inPage()
      .client.auth.me()
      .then(
        ({ user }) => user.email,
        (error: { reason?: string; message: string }) => error.reason ?? error.message,
      ),
  );

const tokensIn = (tab: Page): Promise<Tokens | undefined> =>
  tab.evaluate(async () => await inPage().tokens.get());

const changesIn = (tab: Page) =>
  tab.evaluate(() => (globalThis as unknown as { changes: { isSignedIn: boolean }[] }).changes);

it.runIf(process.env["CI"] === "true")("CI has a Chromium", () => expect(hasChromium, noChromium).toBe(true));

describe.skipIf(!hasChromium)(`browserTokenStore in Chromium${hasChromium ? "" : ` (${noChromium})`}`, () => {
  let server: TestServer;
  let browser: Browser;
  let script: string;
  let site: Site;
  let context: BrowserContext;

  beforeAll(async () => {
    [server, browser, script] = await Promise.all([
      startTestServer(),
      startChromium(["site.example"]),
      buildPageFromSources(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    // A refresh takes long enough for all tabs to find the expired token.
    site = await openSite(server, { script, delayMs: { "auth.refresh": 200 } });
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await site.close();
  });

  const open = async (origin = site.url): Promise<Page> => {
    const tab = await context.newPage();
    await tab.goto(origin);
    return tab;
  };
  const openTabs = (count: number, origin?: string): Promise<Page[]> =>
    Promise.all(Array.from({ length: count }, () => open(origin)));

  let userCount = 0;
  /** Signs up a user in the tab. */
  const signUp = (tab: Page): Promise<string> =>
    tab.evaluate(
      async (email) => {
        const { client } = inPage();
        const { session } = await client.auth.signUp({ email, password: "correct horse battery staple" });
        return session.id;
      },
      `tabs-${(userCount += 1)}@example.com`,
    );

  /** Replaces the access token in the storage of the site, so that no tab is told. */
  const expire = async (tab: Page, sessionId: string): Promise<void> => {
    const accessToken = await expiredAccessToken(server, sessionId);
    await tab.evaluate(async (expired) => {
      const { tokens } = inPage();
      await tokens.set({ ...(await tokens.get()), accessToken: expired });
    }, accessToken);
    site.forget();
  };

  it(`B3 refreshes once when ${TABS} tabs call with an expired token, in each of ${ROUNDS} rounds`, async () => {
    const tabs = await openTabs(TABS);
    const [first] = tabs as [Page];
    const sessionId = await signUp(first);
    const emails = Array.from({ length: TABS }, () => `tabs-${userCount}@example.com`);
    for (let round = 0; round < ROUNDS; round += 1) {
      await expire(first, sessionId);
      expect(await Promise.all(tabs.map(callMe))).toEqual(emails);
      expect(site.counts).toEqual({ "auth.me": 2 * TABS, "auth.refresh": 1 });
    }
  });

  it("B3 refreshes once without Web Locks, on an insecure origin", async () => {
    const tabs = await openTabs(TABS, `http://site.example:${site.port}`);
    const [first] = tabs as [Page];
    expect(
      await first.evaluate(() => Reflect.has(Reflect.get(globalThis, "navigator") as object, "locks")),
    ).toBe(false);
    const sessionId = await signUp(first);
    for (let round = 0; round < 2; round += 1) {
      await expire(first, sessionId);
      expect(new Set(await Promise.all(tabs.map(callMe)))).toEqual(
        new Set([`tabs-${userCount}@example.com`]),
      );
      expect(site.counts).toEqual({ "auth.me": 2 * TABS, "auth.refresh": 1 });
    }
  });

  it.each([
    ["with Web Locks", () => site.url],
    ["without Web Locks", () => `http://site.example:${site.port}`],
  ])("continues in another tab when a tab is closed during its refresh, %s", async (_, origin) => {
    const [closing, other] = (await openTabs(2, origin())) as [Page, Page];
    const sessionId = await signUp(closing);
    await expire(closing, sessionId);
    site.fail({ operation: "auth.refresh", how: "hold", times: 1 });
    const lost = callMe(closing).catch(() => "closed");
    await eventually(() => site.held.length === 1);
    const call = callMe(other);
    await eventually(() => site.counts["auth.me"] === 2);
    await closing.close({ runBeforeUnload: false });
    expect(await lost).toBe("closed");
    expect(await call).toBe(`tabs-${userCount}@example.com`);
    expect(site.counts["auth.refresh"]).toBe(2);
  });

  it("signs every tab out when one signs out while the others call with an expired token", async () => {
    const tabs = await openTabs(5);
    const [first, ...others] = tabs as [Page, ...Page[]];
    for (let round = 0; round < Math.ceil(ROUNDS / 2); round += 1) {
      const sessionId = await signUp(first);
      await expire(first, sessionId);
      const calls = others.map(callMe);
      await first.evaluate(() => inPage().client.auth.signOut());
      const answers = new Set(await Promise.all(calls));
      answers.delete(`tabs-${userCount}@example.com`);
      answers.delete("auth.unauthenticated");
      expect(answers).toEqual(new Set());
      expect(await Promise.all(tabs.map(tokensIn))).toEqual(tabs.map(() => undefined));
      expect(await callMe(others[0] as Page)).toBe("auth.unauthenticated");
    }
  });

  it("tells the other tabs about a sign-in and a sign-out, and not about a refresh", async () => {
    const [first, other] = (await openTabs(2)) as [Page, Page];
    for (const tab of [first, other]) {
      await tab.evaluate(() => {
        const changes: unknown[] = [];
        Object.assign(globalThis, { changes });
        inPage().tokens.onChange((change) => void changes.push(change));
      });
    }
    const sessionId = await signUp(first);
    await eventually(async () => (await changesIn(other)).length === 1);
    await expire(first, sessionId);
    await callMe(other);
    await first.evaluate(() => inPage().client.auth.signOut());
    await eventually(async () => (await changesIn(other)).length === 2);
    const second = await signUp(other);
    await eventually(async () => (await changesIn(first)).length === 3);
    const expected = (isFromOtherTab: boolean) => [
      { isSignedIn: true, sessionId, isFromOtherTab },
      { isSignedIn: false, sessionId: undefined, isFromOtherTab },
    ];
    expect(await changesIn(first)).toEqual([
      ...expected(false),
      { isSignedIn: true, sessionId: second, isFromOtherTab: true },
    ]);
    expect(await changesIn(other)).toEqual([
      ...expected(true),
      { isSignedIn: true, sessionId: second, isFromOtherTab: false },
    ]);
  });

  it("says that the browser stores no data, in a page that may not store any", async () => {
    const tab = await open(`${site.url}/sandboxed`);
    const results = await tab.evaluate(async () => {
      const { get, set, lock } = inPage().tokens;
      const settled = await Promise.allSettled([get(), set({ accessToken: "pja_x" }), lock?.(async () => 1)]);
      return settled.map(
        (result) => result.status === "rejected" && `${result.reason.name} ${result.reason.problem}`,
      );
    });
    expect(results).toEqual(Array.from({ length: 3 }, () => "BrowserStoreError blocked"));
    expect(await callMe(tab)).toContain("The browser does not let the site store data.");
  });

  it("says that the storage of the site is full", async () => {
    const tab = await open();
    const devtools = await context.newCDPSession(tab);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin: site.url, quotaSize: 1 });
    const problem = await tab.evaluate(() =>
      Promise.resolve(inPage().tokens.set({ accessToken: `pja_${"x".repeat(100_000)}` })).then(
        () => "none",
        (error: { problem: string; message: string }) => `${error.problem}: ${error.message}`,
      ),
    );
    expect(problem).toMatch(/^full: The browser cannot store the session: the storage of the site is full\./);
  });

  it("continues after the user has removed the data of the site", async () => {
    const tab = await open();
    await signUp(tab);
    const devtools = await context.newCDPSession(tab);
    await devtools.send("Storage.clearDataForOrigin", { origin: site.url, storageTypes: "indexeddb" });
    await eventually(async () => (await callMe(tab)) === "auth.unauthenticated");
    await signUp(tab);
    expect(await callMe(tab)).toBe(`tabs-${userCount}@example.com`);
  });
});
