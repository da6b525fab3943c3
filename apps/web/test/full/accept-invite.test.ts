import { arrive, arriveUnverified, foundWorkspace, mailFor, password } from "@projostack/api/testing";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { fillSignIn, openAs } from "../kit/people.ts";

describeInChromium("acceptance of invites", (application) => {
  /** Creates a workspace that invites the address. @returns the paths of both links */
  const invite = async (workspace: string, email: string) => {
    const { server, url } = application();
    const admin = await arrive(server, `admin-of-${email.split("@")[0]}`);
    const workspaceId = await foundWorkspace(admin, workspace);
    const { data } = await admin.call("invites.create", { email, role: "member" }, workspaceId);
    const { link } = await mailFor(server, email);
    return {
      admin,
      workspaceId,
      inviteId: String(data.id),
      mailed: link.slice(url.length),
      passedOn: String(data.link).slice(url.length),
    };
  };

  it("leads a new user through sign-up and back, and into the workspace", async () => {
    const email = "newcomer@example.com";
    const { workspaceId, mailed } = await invite("Chess Club", email);
    const page = await application().open(mailed);
    await page.getByRole("heading", { name: "Join Chess Club" }).waitFor();
    await page.getByText("admin-of-newcomer@example.com").waitFor();
    await page.getByRole("button", { name: "Create an account" }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByRole("heading", { name: "Create an account" }).waitFor();
    expect(await page.getByLabel("Email address").inputValue()).toBe(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByRole("button", { name: "Accept the invite" }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Accept the invite" }).click();
    await page.waitForURL(`**/w/${workspaceId}/projects`);
    await page.getByRole("status").getByText("You joined Chess Club.").waitFor();
    // The mailed link has verified the address.
    await page.getByRole("link", { name: "ProjoStack, your workspaces" }).click();
    await page.getByRole("link", { name: "Chess Club" }).waitFor();
    expect(await page.getByText("Verify your email address").count()).toBe(0);
  });

  it("leads a user with an account through sign-in and back", async () => {
    const person = await arrive(application().server, "known");
    const { workspaceId, mailed } = await invite("Rowing Club", person.email);
    const page = await application().open(mailed);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await fillSignIn(page, person.email);
    await page.getByRole("button", { name: "Accept the invite" }).click();
    await page.waitForURL(`**/w/${workspaceId}/projects`);
  });

  it("explains that the invite is for another account, and switches", async () => {
    const invited = await arrive(application().server, "invited");
    const { mailed } = await invite("Rowing Club", invited.email);
    const page = await openAs(application(), await arrive(application().server, "somebody"));
    await page.goto(application().url + mailed);
    await page.getByText("You are signed in as somebody@example.com").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Sign out and switch" }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await fillSignIn(page, invited.email);
    await page.getByRole("button", { name: "Accept the invite" }).click();
    await page.getByText("You joined Rowing Club.").waitFor();
  });

  it("asks a user without a verified address to verify it, after the link of the inviter", async () => {
    const person = await arriveUnverified(application().server, "unverified");
    const { passedOn } = await invite("Rowing Club", person.email);
    const page = await openAs(application(), person);
    await page.goto(application().url + passedOn);
    await page.getByRole("button", { name: "Accept the invite" }).click();
    await page.getByRole("alert").getByText("Your email address is not verified yet.").waitFor();
    await expectGoodPage(page);
    await page.getByRole("link", { name: "Verify your address" }).click();
    await page.getByRole("heading", { name: "Verify your email address" }).waitFor();
  });

  it("says the same about a revoked, a used and an invented link", async () => {
    const { admin, workspaceId, inviteId, mailed } = await invite("Rowing Club", "late@example.com");
    await admin.call("invites.revoke", { id: inviteId }, workspaceId);
    const person = await arrive(application().server, "early");
    const used = await invite("Rowing Club", person.email);
    await person.call("invites.accept", { token: used.mailed.split("#token=")[1] });
    const texts: string[] = [];
    for (const path of [mailed, used.mailed, "/accept-invite#token=pji_invented"]) {
      const page = await application().open(path);
      await page.getByRole("heading", { name: "This invite cannot be used" }).waitFor();
      texts.push(await page.getByRole("main").innerText());
      if (texts.length === 1) await expectGoodPage(page);
    }
    expect(new Set(texts).size).toBe(1);
  });

  it("lists the open invites of the user beside the workspaces", async () => {
    const person = await arrive(application().server, "listed");
    await invite("Chess Club", person.email);
    const page = await openAs(application(), person);
    const list = page.getByRole("list", { name: "Open invites" });
    await list.getByText("Chess Club").waitFor();
    await list.getByText("Invited by admin-of-listed@example.com").waitFor();
    await expectGoodPage(page);
  });

  it("declines an invite of the list", async () => {
    const person = await arrive(application().server, "declines");
    const { admin, workspaceId } = await invite("Chess Club", person.email);
    const page = await openAs(application(), person);
    await page.getByRole("button", { name: "Decline the invite to Chess Club" }).click();
    await page.getByRole("dialog", { name: "Decline the invite to Chess Club?" }).waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Decline the invite", exact: true }).click();
    await page.getByRole("status").getByText("You declined the invite to Chess Club.").waitFor();
    await page.getByRole("list", { name: "Open invites" }).waitFor({ state: "detached" });
    const { items } = (await admin.call("invites.list", {}, workspaceId)).data;
    expect(items).toMatchObject([{ status: "declined" }]);
  });

  it("declines the invite of a mailed link, also without a verified address", async () => {
    const person = await arriveUnverified(application().server, "refuses");
    const { admin, workspaceId, mailed } = await invite("Rowing Club", person.email);
    const page = await openAs(application(), person);
    await page.goto(application().url + mailed);
    await page.getByRole("button", { name: "Decline" }).click();
    await page.getByRole("dialog").getByText("The workspace sees that you declined").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Decline the invite", exact: true }).click();
    await page.getByRole("status").getByText("You declined the invite to Rowing Club.").waitFor();
    await page.waitForURL("**/workspaces");
    const { items } = (await admin.call("invites.list", {}, workspaceId)).data;
    expect(items).toMatchObject([{ status: "declined" }]);
    await page.goto(application().url + mailed);
    await page.getByRole("heading", { name: "This invite cannot be used" }).waitFor();
  });

  it("shows why an invite that was revoked meanwhile cannot be declined", async () => {
    const person = await arrive(application().server, "too-late");
    const { admin, workspaceId, inviteId } = await invite("Chess Club", person.email);
    const page = await openAs(application(), person);
    await page.getByRole("button", { name: "Decline the invite to Chess Club" }).click();
    await admin.call("invites.revoke", { id: inviteId }, workspaceId);
    await page.getByRole("button", { name: "Decline the invite", exact: true }).click();
    await page.getByRole("alert").getByText("You cannot use this invite").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("list", { name: "Open invites" }).waitFor({ state: "detached" });
  });
});
