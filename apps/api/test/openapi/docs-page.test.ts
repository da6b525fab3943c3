// The page /docs in a browser: it shows the operations, sends requests to its own origin only, and calls operations.
import { hasChromium, noChromium, startChromium } from "../kit/chromium.ts";
import type { Browser, Page, Request } from "playwright-core";
import { operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";

it.runIf(process.env["CI"])("The machine has Chromium", () => expect(hasChromium, noChromium).toBe(true));

/** What a page did since it was opened. */
interface Watched {
  readonly page: Page;
  readonly requests: Request[];
  /** Errors of scripts, and violations of the page's content security policy. */
  readonly problems: string[];
}

describe.skipIf(!hasChromium)(`The page /docs${hasChromium ? "" : ` (${noChromium})`}`, () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function open(path = "/docs"): Promise<Watched> {
    const page = await browser.newPage({ viewport: { width: 1_400, height: 1_000 } });
    page.setDefaultTimeout(60_000);
    const requests: Request[] = [];
    const problems: string[] = [];
    page.on("request", (request) => void requests.push(request));
    page.on("pageerror", (error) => void problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    await page.goto(`${server.url}${path}`);
    return { page, requests, problems };
  }

  it("shows every resource and operation, without requests to other origins and violations of its policy", async () => {
    const watched = await open();
    const { page, problems } = watched;
    await page.getByRole("button", { name: "Open Group - tasks" }).waitFor();
    expect(await page.title()).toContain("ProjoStack API");
    for (const noun of new Set(operations.map(({ name }) => name.split(".")[0] ?? ""))) {
      const group = page.getByRole("button", { name: `Open Group - ${noun}`, exact: true });
      if (await group.isVisible()) await group.click();
    }
    const shown = await page.locator("body").innerText();
    const missing = operations.filter(
      ({ operation }) => !shown.includes(operation.summary.replace(/\.$/, "")),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(problems).toEqual([]);
    expect(originsOf(watched)).toEqual([server.url]);
    await page.close();
  });

  it("calls system.health of the same server", async () => {
    const watched = await open("/docs#tag/system/GET/trpc/system.health");
    const { page, problems } = watched;
    await page
      .getByRole("button", { name: /Test Request.*system\.health/ })
      .first()
      .click();
    const answered = page.waitForResponse((response) => response.url().includes("/trpc/system.health"));
    await page.getByRole("button", { name: /^Send/ }).first().click();
    const response = await answered;
    expect(response.status()).toBe(200);
    expect(response.url()).toBe(`${server.url}/trpc/system.health`);
    await page.getByText("0.0.0-test").first().waitFor();
    expect(problems).toEqual([]);
    expect(originsOf(watched)).toEqual([server.url]);
    await page.close();
  });

  it("shows the fields of the input of a query, and sends the input as JSON", async () => {
    const { page } = await open("/docs#tag/projects/GET/trpc/projects.get");
    await page
      .getByRole("button", { name: /Test Request.*projects\.get/ })
      .first()
      .click();
    const asked = page.waitForRequest((request) => request.url().includes("/trpc/projects.get"));
    await page.getByLabel("Include input in request").setChecked(true, { force: true });
    await page.getByRole("button", { name: /^Send/ }).first().click();
    const input = new URL((await asked).url()).searchParams.get("input");
    expect(Object.keys(JSON.parse(input ?? "null") as object)).toEqual(["id", "include"]);
    await page.close();
  });

  it("runs no inline script, also if one is in the page", async () => {
    const { page } = await open();
    const isRun = await page.evaluate<boolean>(`{
        const script = document.createElement("script");
        script.textContent = "window.inlineScriptRan = true";
        document.body.append(script);
        "inlineScriptRan" in window;
      }`);
    expect(isRun).toBe(false);
    await page.close();
  });
});

const originsOf = ({ requests }: Watched): string[] => {
  const urls = requests.map((request) => new URL(request.url()));
  return [...new Set(urls.filter(({ protocol }) => protocol !== "data:").map(({ origin }) => origin))];
};
