import { startTestServer, type TestServer, startChromium } from "@projostack/api/testing";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { buildApplication } from "./build.ts";
import { openSite } from "./site.ts";

/** The application in a browser, over a server with its own database. */
export interface Application {
  readonly url: string;
  readonly server: TestServer;
  /** What the pages reported: exceptions, errors at the console, and violations of the Content-Security-Policy. */
  readonly problems: readonly string[];
  /** Opens a browser of its own: without cookies, storage and cache of others. */
  openBrowser(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Opens a page in a browser of its own. */
  open(path?: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the application. `env` adds to the environment of the server. */
export async function startApplication(env: Readonly<Record<string, string>> = {}): Promise<Application> {
  const [site, browser] = await Promise.all([buildApplication().then(openSite), startChromium()]);
  const server = await startTestServer({ PROJO_APP_URL: site.url, ...env }, { shortPauses: true });
  site.serve(server.url);
  const problems: string[] = [];
  const openBrowser = (options: BrowserContextOptions = {}) => openContext(browser, problems, options);
  return {
    url: site.url,
    server,
    problems,
    openBrowser,
    open: async (path = "/", options = {}) => {
      const page = await (await openBrowser(options)).newPage();
      await page.goto(site.url + path);
      return page;
    },
    close: async () => {
      await browser.close();
      await site.close();
      await server.close();
    },
  };
}

/** Opens a browser of its own, whose pages report to `problems`. */
export async function openContext(
  browser: Browser,
  problems: string[],
  options: BrowserContextOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(20_000);
  context.on("weberror", (error) => void problems.push(String(error.error())));
  context.on("console", (message) => {
    // Chromium reports each refused call at the console. The application shows such failures in the page.
    const isRefusedCall = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusedCall) problems.push(message.text());
  });
  return context;
}
