import { arrive, arriveUnverified, eventually, mailFor, password } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectGoodPage } from "./kit/check-page.ts";
import { describeInChromium } from "./kit/describe-in-chromium.ts";
import { fillSignIn, openAs } from "./kit/people.ts";

describeInChromium("sign-up and verification", (application) => {
  it("signs a new user up, verifies the address with the mailed link, and creates a workspace", async () => {
    const email = "grace@example.com";
    const page = await application().open("/");
    await page.waitForURL("**/sign-in");
    await expectGoodPage(page);
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByRole("heading", { name: "Create an account" }).waitFor();
    await expectGoodPage(page);
    await fillSignUp(page, email, password);
    await page.getByText("You have no workspace yet").waitFor();
    await expectGoodPage(page);

    const { link } = await mailFor(application().server, email);
    await page.goto(link);
    await page.getByText("Confirm that this mailbox is yours.").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Verify the address" }).click();
    await page.getByText("Your email address is verified.").waitFor();
    await expectGoodPage(page);
    await page.getByRole("link", { name: "Continue" }).click();

    await page.getByRole("button", { name: "Create a workspace" }).click();
    await eventually(() => page.evaluate(() => document.activeElement?.getAttribute("name") === "name"));
    await expectGoodPage(page);
    await page.getByLabel("Name").fill("Analytical Engines");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/w/*/projects");
    await page.getByRole("heading", { name: "Projects" }).waitFor();
    await page.getByRole("link", { name: "ProjoStack, your workspaces" }).click();
    await page.getByRole("link", { name: "Analytical Engines" }).waitFor();
    await expectGoodPage(page);
  });

  it("moves the focus to the field that the server refuses, and keeps what the user typed", async () => {
    const page = await application().open("/sign-up");
    await fillSignUp(page, "short@example.com", "short");
    const field = page.getByLabel("Password", { exact: true });
    await eventually(async () => (await field.getAttribute("aria-invalid")) === "true");
    await eventually(() => page.evaluate(() => document.activeElement?.getAttribute("name") === "password"));
    expect(await field.inputValue()).toBe("short");
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Show the password" }).click();
    expect(await field.getAttribute("type")).toBe("text");
  });

  it("offers sign-in with the same address when an account exists", async () => {
    const { email } = await arrive(application().server, "exists");
    const page = await application().open("/sign-up");
    await fillSignUp(page, email, password);
    await page.getByRole("alert").getByText("An account with this email address already exists.").waitFor();
    await expectGoodPage(page);
    await page.getByRole("link", { name: "Sign in" }).click();
    expect(await page.getByLabel("Email address").inputValue()).toBe(email);
  });

  it("removes the token of a mailed link from the address bar, and stores it nowhere", async () => {
    const page = await application().open("/sign-up");
    await fillSignUp(page, "token@example.com", password);
    await page.getByRole("heading", { name: "Workspaces" }).waitFor();
    const { link, token } = await mailFor(application().server, "token@example.com");
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    await page.goto(link);
    await page.getByRole("button", { name: "Verify the address" }).waitFor();
    const kept = await page.evaluate(() =>
      JSON.stringify([
        location.href,
        history.state,
        Object.entries(localStorage),
        Object.entries(sessionStorage),
        document.cookie,
      ]),
    );
    expect(kept).toContain("/verify-email");
    const { origins } = await page.context().storageState({ indexedDB: true });
    expect([kept, JSON.stringify(origins), await page.content(), ...requested].join(" ")).not.toContain(
      token,
    );
    await page.reload();
    await page.getByText("If you reloaded this page, open the link again.").waitFor();
    await expectGoodPage(page);
  });

  it("mails another link on request, and says that an earlier link is invalid", async () => {
    const { server } = application();
    const person = await arriveUnverified(server, "again");
    const page = await openAs(application(), person, "/account");
    await page.getByText("Not verified").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Send the mail again" }).click();
    await page.getByText("We sent another email.").waitFor();
    const first = await mailFor(server, person.email);
    await page.getByRole("button", { name: "Send the mail again" }).click();
    const second = await mailFor(server, person.email, 2);

    await page.goto(first.link);
    await page.getByRole("button", { name: "Verify the address" }).click();
    await page.getByText("This link is invalid, used or expired.").waitFor();
    await page.getByRole("button", { name: "Copy the request id" }).waitFor();
    await page.getByRole("button", { name: "Send another mail" }).waitFor();
    await expectGoodPage(page);
    // A link that is opened in the same tab is a change of the fragment alone.
    await page.goto(second.link);
    await page.getByRole("button", { name: "Verify the address" }).click();
    await page.getByText("Your email address is verified.").waitFor();
  });

  it("verifies an address without a session, and leads to sign-in", async () => {
    const { server } = application();
    const person = await arriveUnverified(server, "elsewhere");
    await person.call("email.resendVerification");
    const { link } = await mailFor(server, person.email);
    const page = await application().open(link.slice(application().url.length));
    await page.getByRole("button", { name: "Verify the address" }).click();
    await page.getByText("Your email address is verified.").waitFor();
    await page.getByRole("link", { name: "Sign in" }).click();
    await fillSignIn(page, person.email);
    await page.getByRole("heading", { name: "Workspaces" }).waitFor();
    expect(await page.getByText("Verify your email address to send invites").count()).toBe(0);
  });
});

/** Fills in the form of sign-up. */
async function fillSignUp(page: Page, email: string, secret: string): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Create the account" }).click();
}
