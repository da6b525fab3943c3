import { arrive, eventually, mailFor, password } from "@projostack/api/testing";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { fillSignIn, openAs } from "../kit/people.ts";

const newPassword = "a quiet river in the night";

describeInChromium("sessions and passwords", (application) => {
  it("leads back to the page that needed a session", async () => {
    const { email } = await arrive(application().server, "returns");
    const page = await application().open("/account");
    await page.waitForURL("**/sign-in?return=%2Faccount");
    await fillSignIn(page, email, "a wrong password of some length");
    await page.getByRole("alert").getByText("The email address or the password is wrong.").waitFor();
    await expectGoodPage(page);
    await fillSignIn(page, email);
    await page.getByRole("heading", { name: "Account", exact: true }).waitFor();
    await page.getByText("This device").waitFor();
    await page.getByText("Verified on").waitFor();
    await expectGoodPage(page);
  });

  it("leads to sign-in with a sentence at the next call of a session that was ended elsewhere", async () => {
    const person = await arrive(application().server, "revoked");
    const page = await openAs(application(), person);
    // The page has loaded its data, so that the next call is that of the account page.
    await page.getByText("You have no workspace yet").waitFor();
    await person.call("auth.signOutEverywhere");
    await page.getByRole("button", { name: /Account menu/ }).click();
    await page.getByRole("link", { name: "Account settings" }).click();
    await page.getByText("Your session has ended. Sign in again to continue.").waitFor();
    await expectGoodPage(page);
    await fillSignIn(page, person.email);
    await page.getByRole("heading", { name: "Account", exact: true }).waitFor();
  });

  it("ends the session of another device, whose page notices it", async () => {
    const person = await arrive(application().server, "devices");
    const lost = await openAs(application(), person, "/account");
    const page = await openAs(application(), person, "/account");
    const list = page.getByRole("list", { name: "Sessions and devices" });
    // The third session is the one that `arrive` has created.
    await eventually(async () => (await list.getByRole("listitem").count()) === 3);
    await page.getByRole("button", { name: "End the session of Chrome on Linux" }).click();
    await page.getByRole("dialog", { name: "End this session?" }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "End the session", exact: true }).click();
    await page.getByRole("status").getByText("The session has ended.").waitFor();
    await eventually(async () => (await list.getByRole("listitem").count()) === 2);
    await lost.getByRole("link", { name: "ProjoStack, your workspaces" }).click();
    await lost.getByText("Your session has ended.").waitFor();
  });

  it("ends all sessions, also that of the page", async () => {
    const person = await arrive(application().server, "everywhere");
    const page = await openAs(application(), person, "/account");
    await page.getByRole("button", { name: "End all sessions" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End all sessions" }).click();
    await page.getByText("You are signed out.").waitFor();
    expect(page.url()).toBe(`${application().url}/sign-in`);
    expect((await person.call("auth.me")).status).toBe(401);
  });

  it("signs every tab of a browser out", async () => {
    const person = await arrive(application().server, "tabs");
    const page = await openAs(application(), person);
    const other = await page.context().newPage();
    await other.goto(`${application().url}/account`);
    await other.getByRole("heading", { name: "Account", exact: true }).waitFor();
    await page.getByRole("button", { name: /Account menu/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await other.getByText("You signed out in another tab.").waitFor();
  });

  it("changes the password, and ends the other sessions", async () => {
    const person = await arrive(application().server, "changes");
    const page = await openAs(application(), person, "/account");
    const change = async (current: string, next: string) => {
      await page.getByLabel("Current password").fill(current);
      await page.getByLabel("New password").fill(next);
      await page.getByRole("button", { name: "Change the password" }).click();
    };
    await change("not the password of this account", newPassword);
    await page.getByRole("alert").getByText("The current password is wrong.").waitFor();
    await expectGoodPage(page);
    await change(password, person.email);
    const next = page.getByLabel("New password");
    await eventually(async () => (await next.getAttribute("aria-invalid")) === "true");
    await change(password, newPassword);
    await page.getByRole("status").getByText("Your password is changed.").waitFor();
    expect(await next.inputValue()).toBe("");
    expect((await person.call("auth.me")).status).toBe(401);
  });

  it("sets a forgotten password with the mailed link, which works once", async () => {
    const { server } = application();
    const person = await arrive(server, "forgets");
    const page = await application().open("/sign-in");
    await page.getByLabel("Email address").fill(person.email);
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByRole("heading", { name: "Forgot your password?" }).waitFor();
    expect(await page.getByLabel("Email address").inputValue()).toBe(person.email);
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByRole("heading", { name: "Check your mail" }).waitFor();
    await expectGoodPage(page);

    const { link } = await mailFor(server, person.email);
    await page.goto(link);
    await page.getByLabel("New password").fill(newPassword);
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("Your password is changed, and all sessions have ended.").waitFor();
    expect((await person.call("auth.me")).status).toBe(401);
    await fillSignIn(page, person.email, newPassword);
    await page.getByRole("heading", { name: "Workspaces" }).waitFor();

    await page.goto(link);
    await page.getByLabel("New password").fill(newPassword);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("This link is invalid, used or expired.").waitFor();
    await page.getByRole("link", { name: "Request a new link" }).waitFor();
    await expectGoodPage(page);
  });

  it("says the same about a forgotten password for an address without an account", async () => {
    const page = await application().open("/forgot-password");
    await page.getByLabel("Email address").fill("nobody@example.com");
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("If nobody@example.com has an account").waitFor();
  });
});
