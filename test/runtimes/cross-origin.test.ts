// B1 Pages of three origins call a server in Chromium: one that the server allows, another one, and a sandboxed one.
import {
  startServerOver,
  startTestServer,
  type TestServer,
  hasChromium,
  noChromium,
  startChromium,
} from "@projostack/api/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPageFromSources } from "./kit/programs.ts";
import { openSite, type Site } from "./kit/site.ts";
import type { InPage } from "./program/in-page.ts";

/** In the page: ./program/in-page.ts defines it. */
declare const inPage: () => InPage;

const password = "correct horse battery staple";

it.runIf(process.env["CI"] === "true")("CI has a Chromium", () => expect(hasChromium, noChromium).toBe(true));

describe.skipIf(!hasChromium)(
  `pages of other origins in Chromium${hasChromium ? "" : ` (${noChromium})`}`,
  () => {
    let browser: Browser;
    let sites: TestServer;
    let allowed: Site;
    let foreign: Site;
    let server: TestServer;

    beforeAll(async () => {
      const [script, ...started] = await Promise.all([
        buildPageFromSources(),
        startTestServer(),
        startChromium(),
      ]);
      [sites, browser] = started;
      [allowed, foreign] = await Promise.all([openSite(sites, { script }), openSite(sites, { script })]);
      const env = { PROJO_ALLOWED_ORIGINS: allowed.url, PROJO_LIMITS: "0.1" };
      server = await startServerOver(sites.database, env);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await Promise.all([allowed?.close(), foreign?.close()]);
      await sites?.close();
    });

    const open = async (url: string): Promise<Page> => {
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction(() => "inPage" in globalThis);
      return page;
    };

    /** Calls the server from the page. @returns what the page can read, or the name of the error */
    const fetchIn = (page: Page, path: string, init: RequestInit = {}) =>
      page.evaluate(
        async ([url, options]) => {
          try {
            const response = await fetch(url, options);
            const { status, type } = response;
            return {
              status,
              type,
              headers: Object.fromEntries(response.headers),
              text: await response.text(),
            };
          } catch (error) {
            return (error as Error).name;
          }
        },
        [server.url + path, init] as const,
      );

    const preflights = () => server.logLines.filter((line) => line.includes('"method":"OPTIONS"')).length;
    const users = () => server.database.owner<{ email: string }>("SELECT email FROM users ORDER BY email");

    it("B1 a page of an allowed origin signs up and calls operations with the SDK, after one preflight for each URL", async () => {
      const page = await open(allowed.url);
      const before = preflights();
      const names = await page.evaluate(
        async ([url, secret]) => {
          const client = inPage().clientOf(url);
          await client.auth.signUp({ email: "ada@example.com", password: secret });
          const { id } = await client.workspaces.create({ name: "Engines" });
          const projects = client.workspace(id).projects;
          await projects.create({ name: "Notes" });
          await projects.create({ name: "Looms" });
          const { items } = await projects.list();
          return items.map(({ name }) => name);
        },
        [server.url, password] as const,
      );
      expect(names.toSorted()).toEqual(["Looms", "Notes"]);
      // auth.signUp, workspaces.create, projects.create and projects.list.
      expect(preflights() - before).toBe(4);
      await page.close();
    });

    it("B1 the page reads the request id and the time to wait of a refusal", async () => {
      const page = await open(allowed.url);
      const failure = await page.evaluate(async (url) => {
        const client = inPage().clientOf(url);
        for (let tries = 0; tries < 50; tries += 1) {
          try {
            await client.auth.signIn({ email: "ada@example.com", password: "not the password of Ada" });
          } catch (error) {
            const { status, requestId, retryAfterSeconds } = error as Record<string, unknown>;
            if (status === 429) return { requestId, retryAfterSeconds };
          }
        }
        return null;
      }, server.url);
      expect(failure).toEqual({ requestId: expect.any(String), retryAfterSeconds: expect.any(Number) });
      const raw = await fetchIn(page, "/trpc/auth.signIn", {
        method: "POST",
        headers: { "content-type": "application/json", "x-request-id": "from-a-page" },
        body: JSON.stringify({ email: "ada@example.com", password: "not the password of Ada" }),
      });
      expect(raw).toMatchObject({
        status: 429,
        headers: {
          "x-request-id": "from-a-page",
          "retry-after": expect.stringMatching(/^\d+$/),
          ratelimit: expect.any(String),
          "ratelimit-policy": expect.any(String),
        },
      });
      await page.close();
    });

    it("B1 the page reads streams, other routes and refusals before routing, also with credentials", async () => {
      const page = await open(allowed.url);
      const stream = "/trpc/system.health,system.health?batch=1&input={}";
      expect(await fetchIn(page, stream, { headers: { "trpc-accept": "application/jsonl" } })).toMatchObject({
        status: 200,
        headers: { "content-type": "application/jsonl; charset=utf-8" },
      });
      for (const [path, status] of [
        ["/livez", 200],
        ["/openapi.json", 200],
        ["/no/such/path", 404],
        [`/trpc/tasks.list?input=${"x".repeat(17_000)}`, 414],
      ] as const) {
        const answer = await fetchIn(page, path, { credentials: "include" });
        expect(answer).toMatchObject({
          status,
          type: "cors",
          headers: { "x-request-id": expect.any(String) },
        });
      }
      await page.close();
    });

    it("B1 a page of another origin reads nothing and changes nothing", async () => {
      const before = await users();
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ email: "mallory@example.com", password });
      // The first page is of another origin, the second one of none.
      for (const url of [foreign.url, `${allowed.url}/sandboxed`]) {
        const page = await open(url);
        const failure = await page.evaluate(async (apiUrl) => {
          const error: unknown = await inPage()
            .clientOf(apiUrl)
            .system.health()
            .catch((reason: unknown) => reason);
          return (error as { code?: string }).code;
        }, server.url);
        expect(failure).toBe("CONNECTION_FAILED");
        for (const credentials of ["omit", "include"] as const) {
          expect(await fetchIn(page, "/livez", { credentials })).toBe("TypeError");
          expect(
            await fetchIn(page, "/trpc/auth.signUp", { method: "POST", headers, body, credentials }),
          ).toBe("TypeError");
          // A request without permission is sent, but its answer is hidden.
          const hidden = await fetchIn(page, "/trpc/auth.signUp", {
            method: "POST",
            mode: "no-cors",
            body,
            credentials,
          });
          expect(hidden).toEqual({ status: 0, type: "opaque", headers: {}, text: "" });
        }
        await page.close();
      }
      expect(await users()).toEqual(before);
    });
  },
);
