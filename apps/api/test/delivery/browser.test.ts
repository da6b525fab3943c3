// An application of React in a browser, under the content security policy of the page: it works, and injected scripts do not.
import { hasChromium, noChromium, startChromium } from "../kit/chromium.ts";
import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { buildReactSite } from "./react-site.ts";

describe.skipIf(!hasChromium)(`The page in a browser${hasChromium ? "" : ` (${noChromium})`}`, () => {
  let directory: string;
  let server: TestServer;
  let browser: Browser;
  let foreign: Server;
  let foreignUrl: string;
  const foreignRequests: string[] = [];
  beforeAll(async () => {
    directory = await buildReactSite();
    server = await startTestServer({ PROJO_WEB: "on", PROJO_WEB_DIR: directory });
    browser = await startChromium();
    foreign = createServer((request, response) => {
      foreignRequests.push(request.url ?? "");
      response.setHeader("access-control-allow-origin", "*").end("");
    });
    await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
    foreignUrl = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser.close();
    foreign.close();
    await server.close();
    await rm(directory, { recursive: true });
  });

  async function open(path: string): Promise<{ tab: Page; problems: string[] }> {
    const tab = await browser.newPage();
    const problems: string[] = [];
    tab.on("pageerror", (error) => void problems.push(error.message));
    tab.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    await tab.goto(server.url + path);
    await tab.getByText("Loaded later").waitFor();
    return { tab, problems };
  }

  it("React, TanStack Query, styles, parts that load later and calls of the API work without a violation", async () => {
    const { tab, problems } = await open("/w/1/tasks?status=todo");
    await tab.getByRole("button", { name: "Turned 0 times" }).click();
    await tab.getByRole("button", { name: "Turned 1 times" }).waitFor();
    await tab.getByText("The server is healthy: 0.0.0-test").waitFor();
    const colorOf = (selector: string) =>
      tab.evaluate<string>(`getComputedStyle(document.querySelector("${selector}")).color`);
    expect(await colorOf("h1")).toBe("rgb(1, 2, 3)");
    expect(await colorOf(".later")).toBe("rgb(4, 5, 6)");
    await tab.getByText("/w/1/tasks").waitFor();
    expect(problems).toEqual([]);
    await tab.close();
  });

  it("the fragment of a mailed link is not sent to the server, and is left after the redirect of an old link", async () => {
    const { tab } = await open("/invite?lang=en#token=pji_secret");
    expect(await tab.evaluate<string>("location.pathname + location.hash")).toBe(
      "/accept-invite#token=pji_secret",
    );
    expect(server.logLines.join("\n")).not.toContain("pji_secret");
    await tab.close();
  });

  /** Makes trusted values of text, so that only the other directives are left. */
  const trusted = `trustedTypes.createPolicy("any", { createHTML: (t) => t, createScript: (t) => t, createScriptURL: (t) => t })`;

  it.each([
    ["text as a script", `s.textContent = "window.ran = 1";`, /TrustedScript/],
    [
      "text as an event handler",
      `body.setAttribute("onclick", "window.ran = 1"); body.click();`,
      /TrustedScript/,
    ],
    ["text as code", `window.setTimeout("window.ran = 1", 0);`, /TrustedScript/],
    ["text as HTML", `body.innerHTML = "<b>injected</b>"; window.ran = 1;`, /TrustedHTML/],
    ["an inline script", `s.textContent = any.createScript("window.ran = 1");`, /script-src/],
    [
      "an event handler in HTML",
      `body.innerHTML = any.createHTML("<img src=data: onerror='window.ran = 1'>");`,
      /script-src/,
    ],
    ["code in text", `window.setTimeout(any.createScript("window.ran = 1"), 0);`, /script-src|unsafe-eval/],
    ["a script of another origin", `s.src = any.createScriptURL(FOREIGN + "/s.js");`, /script-src/],
    [
      "a worker of another origin",
      `new Worker(any.createScriptURL("data:text/javascript,fetch('" + FOREIGN + "')"));`,
      /script-src|worker-src/,
    ],
    [
      "a request to another origin",
      `fetch(FOREIGN + "/f").then(() => (window.ran = 1), () => {});`,
      /connect-src/,
    ],
    [
      "an image of another origin",
      `const i = new Image(); i.onload = () => (window.ran = 1); i.src = FOREIGN + "/i.png"; body.append(i);`,
      /img-src/,
    ],
    [
      "a form that leads to another origin",
      `const f = document.createElement("form"); f.action = FOREIGN + "/form"; f.method = "post"; body.append(f); f.submit();`,
      /form-action/,
    ],
    [
      "a frame of another origin",
      `const f = document.createElement("iframe"); f.src = FOREIGN + "/frame"; body.append(f);`,
      /default-src|frame-src/,
    ],
    [
      "a style of another origin",
      `const l = document.createElement("link"); l.rel = "stylesheet"; l.href = FOREIGN + "/l.css"; document.head.append(l);`,
      /style-src/,
    ],
    [
      "an inline style",
      `const e = document.createElement("style"); e.textContent = "h1 { color: red }"; document.head.append(e); if (getComputedStyle(document.querySelector("h1")).color === "rgb(255, 0, 0)") window.ran = 1;`,
      /style-src/,
    ],
    [
      "another base address",
      `const b = document.createElement("base"); b.href = FOREIGN + "/"; document.head.prepend(b); if (document.baseURI.startsWith(FOREIGN)) window.ran = 1;`,
      /base-uri/,
    ],
  ])("prevents %s", async (_, attack, violation) => {
    const { tab, problems } = await open("/");
    foreignRequests.length = 0;
    await tab.evaluate(`{
        const FOREIGN = ${JSON.stringify(foreignUrl)};
        const { body } = document;
        const any = ${trusted};
        const s = document.createElement("script");
        try { ${attack} body.append(s); } catch (error) { console.error(error.message); }
      }`);
    await tab.waitForTimeout(300);
    expect(await tab.evaluate("window.ran")).toBeUndefined();
    expect(foreignRequests).toEqual([]);
    expect(problems.join("\n")).toMatch(violation);
    await tab.close();
  });

  it("the page is not shown in a frame of another page", async () => {
    const { tab, problems } = await open("/");
    await tab.goto(`${foreignUrl}/outer`);
    await tab.setContent(`<iframe src="${server.url}/"></iframe>`);
    await tab.waitForTimeout(500);
    const shown = await Promise.all(tab.frames().map((frame) => frame.content()));
    expect(shown.join("\n")).not.toContain("Loaded later");
    expect(problems.join("\n")).toMatch(/frame-ancestors/);
    await tab.close();
  });
});
