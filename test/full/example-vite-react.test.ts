import { hasChromium, noChromium } from "@projostack/api/testing";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { create, fillSignIn, startExample, type ExampleApplication } from "./example-application.ts";

const email = "ada@example.com";
const password = "correct horse battery staple";

it.runIf(process.env["CI"] === "true")("CI has a Chromium", () => expect(hasChromium, noChromium).toBe(true));

describe.skipIf(!hasChromium)(`examples/vite-react${hasChromium ? "" : ` (${noChromium})`}`, () => {
  let outDir: string;
  let application: ExampleApplication;

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), "projo-vite-react-"));
    application = await startExample({
      example: "vite-react",
      bin: "vite/bin/vite.js",
      build: ["build", "--outDir", outDir],
      start: ["preview", "--outDir", outDir, "--host", "127.0.0.1", "--port", "0"],
    });
  });
  afterAll(async () => {
    await application?.close();
    await rm(outDir, { recursive: true, force: true });
  });

  it("signs up, lists and creates tasks, signs out and signs in", async () => {
    const page = await application.open();
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
    expect(application.problems).toEqual([]);
    await page.context().close();
  });

  it("shows the sign-in after the session has ended elsewhere", async () => {
    const page = await application.open();
    await fillSignIn(page, email, password, "Sign in");
    await page.getByLabel("New task").waitFor();
    await application.server.database.owner("DELETE FROM sessions");
    await create(page, "New task", "Is not created");
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await page.getByRole("listitem").count()).toBe(0);
    await page.context().close();
  });
});
