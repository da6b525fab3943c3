import { hasChromium, noChromium } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { create, fillSignIn, startExample, type ExampleApplication } from "./example-application.ts";

const MINUTE_MS = 60_000;
const email = "ada@example.com";
const password = "correct horse battery staple";

it.runIf(process.env["CI"] === "true")("CI has a Chromium", () => expect(hasChromium, noChromium).toBe(true));

describe.skipIf(!hasChromium)(`examples/next${hasChromium ? "" : ` (${noChromium})`}`, () => {
  let application: ExampleApplication;

  beforeAll(async () => {
    application = await startExample({
      example: "next",
      bin: "next/dist/bin/next",
      build: ["build"],
      start: ["start", "--hostname", "127.0.0.1", "--port", "0"],
      env: { NEXT_TELEMETRY_DISABLED: "1" },
    });
  }, 20 * MINUTE_MS);
  afterAll(() => application?.close());

  it("signs up, lists and creates tasks, signs out and signs in", async () => {
    const page = await application.open();
    const texts: Promise<string>[] = [];
    page.on("response", (response) => void texts.push(response.text().catch(() => "")));
    await fillSignIn(page, email, password, "Create an account");
    await create(page, "New workspace", "Engines");
    await create(page, "New project", "Notes");
    await create(page, "New task", "Write note G");
    await page.getByRole("listitem").filter({ hasText: "Write note G" }).waitFor();

    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ name: "projo_session", httpOnly: true, sameSite: "Lax" }]);
    expect(await page.evaluate("document.cookie")).toBe("");
    expect(await page.evaluate("localStorage.length + sessionStorage.length")).toBe(0);

    await page.reload();
    await page.getByRole("listitem").filter({ hasText: "Write note G" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await page.context().cookies()).toEqual([]);

    await fillSignIn(page, email, "not the password of Ada", "Sign in");
    await page.getByRole("alert").filter({ hasText: "password" }).waitFor();
    await fillSignIn(page, email, password, "Sign in");
    await create(page, "New task", "Print note G");
    await page.getByRole("listitem").filter({ hasText: "Print note G" }).waitFor();
    expect(await page.getByRole("listitem").allTextContents()).toEqual(["Print note G", "Write note G"]);

    // No text that the browser received contains the token.
    const [session] = cookies;
    const received = await Promise.all(texts);
    expect(received.filter((text) => text.includes("Write note G"))).not.toEqual([]);
    expect(received.filter((text) => text.includes(session?.value ?? "no cookie"))).toEqual([]);
    expect(application.problems).toEqual([]);
    await page.context().close();
  });

  it("shows a new task at once, and removes it if the server refuses it", async () => {
    const page = await application.open();
    await fillSignIn(page, email, password, "Sign in");
    await page.getByLabel("New task").waitFor();
    // The answer of the server is held until the page has shown the task.
    let release: (() => void) | undefined;
    const isShown = new Promise<void>((resolve) => (release = resolve));
    await page.route("**/*", async (route) => {
      if (route.request().method() === "POST") await isShown;
      await route.continue();
    });
    await create(page, "New task", "x".repeat(1_000));
    await page.getByRole("listitem").filter({ hasText: "xxx" }).waitFor();
    release?.();
    await page.getByRole("alert").filter({ hasText: "title" }).waitFor();
    expect(await page.getByRole("listitem").filter({ hasText: "xxx" }).count()).toBe(0);
    await page.context().close();
  });

  it("shows the sign-in after the session has ended elsewhere", async () => {
    const page = await application.open();
    await fillSignIn(page, email, password, "Sign in");
    await page.getByLabel("New task").waitFor();
    await application.server.database.owner("DELETE FROM sessions");
    await create(page, "New task", "Is not created");
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    await page.context().close();
  });

  it("records the device and the address of the browser, not those of the web server", async () => {
    const page = await application.open();
    // As a proxy before Next.js does.
    await page.setExtraHTTPHeaders({ "x-forwarded-for": "203.0.113.7" });
    await fillSignIn(page, email, password, "Sign in");
    await page.getByLabel("New task").waitFor();
    expect(await application.server.database.owner("SELECT user_agent, ip FROM sessions")).toMatchObject([
      { user_agent: expect.stringContaining("HeadlessChrome"), ip: "203.0.113.7" },
    ]);
    await page.context().close();
  });
});
