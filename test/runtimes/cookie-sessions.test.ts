// Sessions in a cookie, in Chromium: what a page can read, tabs that share the session, and pages of other origins.
import {
  startTestServer,
  type TestServer,
  hasChromium,
  noChromium,
  startChromium,
} from "@projostack/api/testing";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildCookiePageFromSources } from "./kit/programs.ts";
import { openSite, type Site } from "./kit/site.ts";
import { hostilePage } from "./program/hostile-page.ts";
import type { CookiePage } from "./program/cookie-page.ts";

/** In the page: ./program/cookie-page.ts defines it. */
declare const cookiePage: () => CookiePage;
/** In the page of another origin: ./program/hostile-page.ts defines them. */
declare const attack: (url: string) => Promise<string[]>;
declare const navigateByForm: (action: string) => void;

const TABS = 10;
/** The calls of a tab in an hour, one in five minutes. */
const ROUNDS = 12;
const COOKIE = "projo_session";

/** Calls an operation. @returns the email of the user, or the reason of the failure */
const callMe = (tab: Page): Promise<string> =>
  tab.evaluate(() =>
    cookiePage()
      .client.auth.me()
      .then(
        ({ user }) => user.email,
        (error: { reason?: string; message: string }) => error.reason ?? error.message,
      ),
  );

/** What a script of the page can read. */
const VISIBLE = `(async () => JSON.stringify([
  document.cookie,
  { ...localStorage },
  { ...sessionStorage },
  await indexedDB.databases(),
  await caches.keys(),
  cookiePage().client,
  performance.getEntries(),
]))()`;

it.runIf(process.env["CI"] === "true")("CI has a Chromium", () => expect(hasChromium, noChromium).toBe(true));

describe.skipIf(!hasChromium)(
  `a session in a cookie, in Chromium${hasChromium ? "" : ` (${noChromium})`}`,
  () => {
    let server: TestServer;
    let browser: Browser;
    let script: string;
    let site: Site;
    let foreign: Site;
    let context: BrowserContext;

    beforeAll(async () => {
      [server, browser, script] = await Promise.all([
        startTestServer(),
        startChromium(["hostile.example"]),
        buildCookiePageFromSources(),
      ]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });
    beforeEach(async () => {
      [site, foreign] = await Promise.all([
        openSite(server, { script }),
        openSite(server, { script: hostilePage }),
      ]);
      context = await browser.newContext();
    });
    afterEach(async () => {
      await context.close();
      await Promise.all([site.close(), foreign.close()]);
    });

    const open = async (url = site.url): Promise<Page> => {
      const tab = await context.newPage();
      await tab.goto(url);
      await tab.waitForFunction(() => "cookiePage" in globalThis || "attack" in globalThis);
      return tab;
    };

    let userCount = 0;
    /** Signs up a user in the tab. @returns everything that the page gets */
    const signUp = (tab: Page) =>
      tab.evaluate(
        async (email) => {
          const { client } = cookiePage();
          const { data, headers } = await client.auth
            .signUp({ email, password: "correct horse battery staple" })
            .withResponse();
          return { ...data, setCookie: headers.get("set-cookie") };
        },
        `cookie-tabs-${(userCount += 1)}@example.com`,
      );

    const token = async (): Promise<string | undefined> =>
      (await context.cookies()).find(({ name }) => name === COOKIE)?.value;

    /** Moves the times of the rule back, so that the cookie is due with the next call. */
    const passDay = (sessionId: string) =>
      server.database.owner(
        `UPDATE sessions SET rotated_at = rotated_at - interval '25 hours',
           confirmed_at = confirmed_at - interval '25 hours' WHERE id = $1`,
        [sessionId],
      );

    it("shows no token to the scripts of the page", async () => {
      const tab = await open();
      const signedUp = await signUp(tab);
      expect(Object.keys(signedUp).toSorted()).toEqual(["session", "setCookie", "user"]);
      expect(signedUp.setCookie).toBeNull();
      await callMe(tab);
      const secret = (await token()) ?? "";
      expect(secret).toMatch(/^pjs_/);
      const visible = await tab.evaluate<string>(VISIBLE);
      expect(visible).not.toContain("pjs_");
      expect(await tab.evaluate<string>("document.cookie")).toBe("");
      expect(await context.cookies()).toMatchObject([{ name: COOKIE, httpOnly: true, sameSite: "Lax" }]);
    });

    it("continues in ten tabs for an hour in which the cookie is due at every call", async () => {
      const first = await open();
      const { session, user } = await signUp(first);
      const tabs = [first, ...(await Promise.all(Array.from({ length: TABS - 1 }, () => open())))];
      const tokens = new Set<string | undefined>();
      for (let round = 0; round < ROUNDS; round += 1) {
        // The first pass records the use of the cookie, and the second one replaces it.
        for (let pass = 0; pass < 2; pass += 1) {
          await passDay(session.id);
          const calls = await Promise.all(tabs.map(callMe));
          expect(calls).toEqual(tabs.map(() => user.email));
          tokens.add(await token());
        }
        if (round % 4 === 0) await tabs[round % TABS]?.reload();
      }
      expect(tokens.size).toBeGreaterThanOrEqual(ROUNDS);
      const [row] = await server.database.owner<{ generation: number }>(
        "SELECT generation FROM sessions WHERE id = $1",
        [session.id],
      );
      expect(row?.generation).toBeGreaterThanOrEqual(ROUNDS);
    });

    it("ends in every tab with a sign-out or a revocation in one of them", async () => {
      const [first, second] = [await open(), await open()];
      await signUp(first);
      await first.evaluate(() =>
        cookiePage()
          .client.auth.signOut()
          .then(() => undefined),
      );
      expect(await callMe(second)).toBe("auth.unauthenticated");
      const { session, user } = await signUp(second);
      expect(await callMe(first)).toBe(user.email);
      await first.evaluate(
        (id) =>
          cookiePage()
            .client.sessions.revoke({ id })
            .then(() => undefined),
        session.id,
      );
      expect(await callMe(second)).toBe("auth.unauthenticated");
      expect(await token()).toBeUndefined();
    });

    const state = async (userId: string) => ({
      sessions: await server.database.owner("SELECT id FROM sessions WHERE user_id = $1", [userId]),
      workspaces: await server.database.owner("SELECT id FROM workspaces"),
    });

    it.each([
      ["another site", () => `http://hostile.example:${foreign.port}`],
      ["another port of the same host, to which browsers send the cookie", () => foreign.url],
    ])("is not used by a page of %s", async (_, originOf) => {
      const tab = await open();
      const { user } = await signUp(tab);
      const before = await state(user.id);
      const page = await open(originOf());
      expect(await page.evaluate((target) => attack(target), site.url)).toEqual([]);
      // The requests that need no preflight have reached the server.
      expect(site.counts["auth.signOut"]).toBeGreaterThanOrEqual(2);
      expect(await state(user.id)).toEqual(before);
      expect(await callMe(tab)).toBe(user.email);
      // A form that navigates the page itself.
      await page.evaluate((action) => navigateByForm(action), `${site.url}/trpc/auth.signOut`);
      await page.waitForURL(/auth\.signOut/);
      expect(await state(user.id)).toEqual(before);
      expect(await callMe(tab)).toBe(user.email);
    });
  },
);
