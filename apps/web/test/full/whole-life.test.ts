// The whole life of two users, in Chromium, with the application as the server delivers it.
import { readFile } from "node:fs/promises";
import { mailFor, hasChromium, noChromium } from "@projostack/api/testing";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDeliveredApplication, type DeliveredApplication } from "../kit/delivered-application.ts";
import { fillSignIn } from "../kit/people.ts";
import * as step from "../kit/steps.ts";

const ada = "ada@example.com";
const bob = "bob@example.com";
const newPassword = "a quiet river in the night";

const tokenPattern = /pj[a-z]_[\w-]{20,}/;

describe.skipIf(!hasChromium)(`the application${hasChromium ? "" : ` (${noChromium})`}`, () => {
  let application: DeliveredApplication;
  beforeAll(async () => {
    application = await startDeliveredApplication();
  });
  afterAll(() => application.close());

  it("serves two users from sign-up to a verified audit log, without a violation or a foreign request", async () => {
    const { url, server } = application;
    const browserOfAda = await application.openBrowser();
    const pageOfAda = await openPage(browserOfAda, `${url}/`);
    await pageOfAda.waitForURL("**/sign-in");
    await step.signUp(pageOfAda, ada);
    await step.verifyAddress(pageOfAda, (await mailFor(server, ada)).link);
    const workspaceId = await step.createWorkspace(pageOfAda, "Analytical Engines");

    await step.invite(pageOfAda, bob, "Member");
    const browserOfBob = await application.openBrowser();
    const pageOfBob = await openPage(browserOfBob, "about:blank");
    await step.acceptInvite(pageOfBob, (await mailFor(server, bob)).link);
    await pageOfBob.getByText("You joined Analytical Engines.").waitFor();

    await step.createTasks(pageOfAda, "Notes", ["Write note G", "Order brass"]);
    await step.openSection(pageOfBob, "Tasks");
    await pageOfBob.getByText("Write note G").waitFor();

    // A promotion appears with the next page, and a demotion stops the next call.
    expect(await pageOfBob.getByRole("link", { name: "Audit log" }).count()).toBe(0);
    await step.changeRole(pageOfAda, bob, "Admin");
    await pageOfBob.reload();
    await step.openSection(pageOfBob, "Audit log");
    await pageOfBob.getByRole("button", { name: "Role of a member changed" }).waitFor();
    await step.changeRole(pageOfAda, bob, "Viewer");
    await pageOfBob.getByRole("button", { name: "Check the log" }).click();
    await pageOfBob.getByRole("heading", { name: "This page needs another role" }).waitFor();
    expect(await pageOfBob.getByRole("link", { name: "Audit log" }).count()).toBe(0);

    await step.deleteTask(pageOfAda, "Order brass");
    await expectNoToken(pageOfAda);
    await expectNoToken(pageOfBob);

    // The link of a forgotten password ends all sessions. The other tab of the same browser notices it.
    const device = await openPage(await application.openBrowser(), `${url}/sign-in`);
    await step.requestReset(device, ada);
    const { link } = await mailFor(server, ada, 2);
    await step.resetPassword(device, link, newPassword);
    await pageOfAda.getByRole("link", { name: "Projects" }).click();
    await pageOfAda.getByText("Your session has ended.").waitFor();
    await fillSignIn(pageOfAda, ada, newPassword);
    await step.openSection(pageOfAda, "Tasks");
    await pageOfAda.getByText("Write note G").waitFor();

    // A session that another device ends is signed out in all tabs of its browser.
    await fillSignIn(device, ada, newPassword);
    await device.getByRole("heading", { name: "Workspaces" }).waitFor();
    const tab = await openPage(device.context(), `${url}/workspaces`);
    await tab.getByRole("link", { name: "Analytical Engines" }).waitFor();
    await pageOfAda.getByRole("button", { name: /Account menu/ }).click();
    await pageOfAda.getByRole("link", { name: "Account settings" }).click();
    await pageOfAda.getByRole("button", { name: "End the session of Chrome on Linux" }).click();
    await pageOfAda.getByRole("button", { name: "End the session", exact: true }).click();
    await pageOfAda.getByText("The session has ended.").waitFor();
    await device.getByRole("link", { name: "Analytical Engines" }).click();
    await device.getByText("Your session has ended.").waitFor();
    await tab.waitForURL("**/sign-in**");

    await pageOfAda.goto(`${url}/w/${workspaceId}/audit`);
    await pageOfAda.getByRole("button", { name: "Check the log" }).click();
    await pageOfAda.getByText("The log is intact.").waitFor();
    await pageOfAda.getByRole("button", { name: "Task deleted" }).click();
    await pageOfAda.getByRole("cell", { name: "Order brass" }).waitFor();
    await pageOfAda.keyboard.press("Escape");
    expect(await exportedActions(pageOfAda)).toContain("task.deleted");
    await expectNoToken(pageOfAda);

    expect(application.problems).toEqual([]);
    expect(application.requests.filter((address) => new URL(address).origin !== url)).toEqual([]);
    expect(application.requests.filter((address) => tokenPattern.test(address))).toEqual([]);
  }, 240_000);
});

async function openPage(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

/** Expects that scripts find no token in the page, its address, its cookies and its storage. */
async function expectNoToken(page: Page): Promise<void> {
  const readable = await page.evaluate(() =>
    JSON.stringify([
      location.href,
      history.state,
      document.cookie,
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      document.documentElement.outerHTML,
    ]),
  );
  expect(readable).not.toMatch(tokenPattern);
  const { origins } = await page.context().storageState({ indexedDB: true });
  expect(JSON.stringify(origins)).not.toMatch(tokenPattern);
}

async function exportedActions(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export the log" }).click();
  return await readFile(await (await downloading).path(), "utf8");
}
