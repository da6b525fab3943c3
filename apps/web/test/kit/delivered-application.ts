import { startTestServer, type TestServer, startChromium } from "@projostack/api/testing";
import type { BrowserContext, BrowserContextOptions } from "playwright-core";
import { openContext } from "./application.ts";
import { buildApplication } from "./build.ts";

/** The application as a server delivers it, with the headers of the server. */
export interface DeliveredApplication {
  readonly url: string;
  readonly server: TestServer;
  readonly problems: readonly string[];
  /** The addresses of all requests of all browsers. */
  readonly requests: readonly string[];
  /** Opens a browser of its own: another person, or another device. */
  openBrowser(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Builds the application and starts a server that delivers it. */
export async function startDeliveredApplication(): Promise<DeliveredApplication> {
  const [directory, browser] = await Promise.all([buildApplication(), startChromium()]);
  const server = await startTestServer({ PROJO_WEB: "on", PROJO_WEB_DIR: directory }, { shortPauses: true });
  const problems: string[] = [];
  const requests: string[] = [];
  return {
    url: server.url,
    server,
    problems,
    requests,
    openBrowser: async (options = {}) => {
      const context = await openContext(browser, problems, options);
      context.on("request", (request) => requests.push(request.url()));
      return context;
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
