import { arrive, arriveUnverified, eventually, foundWorkspace, join, mailFor } from "@projostack/api/testing";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectGoodPage } from "../kit/check-page.ts";
import { describeInChromium } from "../kit/describe-in-chromium.ts";
import { confirm } from "../kit/dialogs.ts";
import { openAs, openWorkspace } from "../kit/people.ts";
import { expectNoTraceOf } from "../kit/traces.ts";

const rowOf = (page: Page, email: string) =>
  page.getByRole("list", { name: "Invites" }).getByRole("listitem").filter({ hasText: email });

const sendInvite = async (page: Page, email: string) => {
  await page.getByRole("button", { name: "Invite a person" }).click();
  await page.getByRole("dialog").getByLabel("Email address").fill(email);
  await confirm(page, "Send the invite");
};

const tokenIn = (link: string) => link.slice(link.indexOf("#token=") + "#token=".length);

/** Reads the link from the dialog that shows it. */
const shownLink = (page: Page) =>
  page.getByRole("dialog", { name: "Invite sent" }).locator("code").innerText();

describeInChromium("the page of invites", (application) => {
  it("invites an address for a role, shows the link once, and follows the mail", async () => {
    const { page } = await openWorkspace(application(), "inviter", "invites");
    await page.getByText("There are no invites").waitFor();
    await expectGoodPage(page);
    await page.getByRole("button", { name: "Invite a person" }).click();
    await page.getByRole("dialog").getByLabel("Email address").fill("grace@example.com");
    await page.getByRole("dialog").getByLabel("Role").selectOption("Viewer");
    await expectGoodPage(page);
    await confirm(page, "Send the invite");
    const link = await shownLink(page);
    await expectGoodPage(page);
    await confirm(page, "Done");
    await rowOf(page, "grace@example.com").getByText("Viewer.").waitFor();
    await rowOf(page, "grace@example.com").getByText("The mail was sent.").waitFor();
    await expectNoTraceOf(tokenIn(link), page);
    await expectGoodPage(page);
    const guest = await application().open(link.slice(application().url.length));
    await guest.getByRole("heading", { name: "Join Engines" }).waitFor();
  });

  it("says at the field or above it why an address is not invited", async () => {
    const { page, person } = await openWorkspace(application(), "refused-inviter", "invites");
    await sendInvite(page, "not an address");
    const email = page.getByRole("dialog").getByLabel("Email address");
    await eventually(async () => (await email.getAttribute("aria-invalid")) === "true");
    await expectGoodPage(page);
    await email.fill(person.email);
    await confirm(page, "Send the invite");
    await page.getByRole("alert").getByText("This address already belongs to a member.").waitFor();
    await email.fill("twice@example.com");
    await confirm(page, "Send the invite");
    await confirm(page, "Done");
    await sendInvite(page, "twice@example.com");
    await page.getByRole("alert").getByText("This address is already invited.").waitFor();
    await expectGoodPage(page);
  });

  it("says that the own address must be verified", async () => {
    const { server } = application();
    const person = await arriveUnverified(server, "unverified-inviter");
    const workspaceId = await foundWorkspace(person);
    const page = await openAs(application(), person, `/w/${workspaceId}/invites`);
    await page.getByText("Verify your email address to send invites.").waitFor();
    await expectGoodPage(page);
    await sendInvite(page, "early@example.com");
    await page.getByRole("alert").getByText("Your email address is not verified.").waitFor();
  });

  it("sends an invite again, with a new link", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "resends");
    const email = "again@example.com";
    const { data } = await person.call("invites.create", { email }, workspaceId);
    await page.getByRole("link", { name: "Invites" }).click();
    await page.getByRole("button", { name: `Send again to ${email}` }).click();
    await expectGoodPage(page);
    await confirm(page, "Send the invite again");
    const link = await shownLink(page);
    expect(link).not.toBe(data.link);
    await confirm(page, "Done");
    await expectNoTraceOf(tokenIn(link), page);
    await mailFor(application().server, email, 2);
    const guest = await application().open(String(data.link).slice(application().url.length));
    await guest.getByRole("heading", { name: "This invite cannot be used" }).waitFor();
  });

  it("revokes an invite, and selects invites by their status", async () => {
    const { page, person, workspaceId } = await openWorkspace(application(), "revokes");
    for (const email of ["stays@example.com", "goes@example.com"])
      await person.call("invites.create", { email }, workspaceId);
    await page.getByRole("link", { name: "Invites" }).click();
    await page.getByRole("button", { name: "Revoke the invite of goes@example.com" }).click();
    await expectGoodPage(page);
    await confirm(page, "Revoke the invite");
    await rowOf(page, "goes@example.com").getByText("Revoked").waitFor();
    await page.getByLabel("Status").selectOption("Revoked");
    await rowOf(page, "stays@example.com").waitFor({ state: "detached" });
    await rowOf(page, "goes@example.com").waitFor();
    expect(await page.getByRole("button", { name: /^Revoke|^Send again/ }).count()).toBe(0);
    await page.getByLabel("Status").selectOption("Expired");
    await page.getByText("No invite has this status").waitFor();
    await expectGoodPage(page);
  });

  it("shows declined and expired invites, and mails that were not delivered", async () => {
    const { server } = application();
    const { page, person, workspaceId } = await openWorkspace(application(), "states");
    const guest = await arrive(server, "declines-it");
    const idOf = async (email: string) =>
      String((await person.call("invites.create", { email }, workspaceId)).data.id);
    await guest.call("invites.decline", { id: await idOf(guest.email) });
    const expired = await idOf("expired@example.com");
    await server.database.owner("UPDATE invites SET expires_at = now() - interval '1 hour' WHERE id = $1", [
      expired,
    ]);
    const refused = await idOf("refused@example.com");
    await mailFor(server, "refused@example.com");
    await server.database.owner(
      "UPDATE mail_outbox SET status = 'dead', problem = 'recipient_rejected' WHERE invite_id = $1",
      [refused],
    );
    await page.getByRole("link", { name: "Invites" }).click();
    await rowOf(page, guest.email).getByText("Declined", { exact: true }).waitFor();
    await rowOf(page, "expired@example.com").getByText("Expired", { exact: true }).waitFor();
    await rowOf(page, "expired@example.com")
      .getByRole("button", { name: /^Send again/ })
      .waitFor();
    const words = rowOf(page, "refused@example.com").getByText("The mail could not be delivered.");
    expect(await words.innerText()).toContain("The mail server rejects the address.");
    await expectGoodPage(page);
  });

  it("shows why an invite that was accepted meanwhile cannot be revoked, and updates the list", async () => {
    const { server } = application();
    const { page, person, workspaceId } = await openWorkspace(application(), "late-revoker");
    const guest = await arrive(server, "fast-guest");
    const { data } = await person.call("invites.create", { email: guest.email }, workspaceId);
    await page.getByRole("link", { name: "Invites" }).click();
    await page.getByRole("button", { name: `Revoke the invite of ${guest.email}` }).click();
    await guest.call("invites.accept", { token: data.token });
    await confirm(page, "Revoke the invite");
    await page.getByRole("alert").getByText("There is no such pending invite in this workspace.").waitFor();
    await confirm(page, "Cancel");
    await rowOf(page, guest.email).getByText("Accepted", { exact: true }).waitFor();
  });

  it("replaces the page when the user is no longer an admin", async () => {
    const { server } = application();
    const [admin, other] = [await arrive(server, "old-admin"), await arrive(server, "new-admin")];
    const workspaceId = await foundWorkspace(other);
    await join(server, workspaceId, admin, "admin");
    const page = await openAs(application(), admin, `/w/${workspaceId}/invites`);
    await page.getByText("There are no invites").waitFor();
    await other.call("members.changeRole", { userId: admin.id, role: "viewer" }, workspaceId);
    await sendInvite(page, "nobody@example.com");
    await page.getByRole("heading", { name: "This page needs another role" }).waitFor();
    await page.getByRole("status").getByText("Your role in this workspace is now Viewer.").waitFor();
    expect((await other.call("invites.list", {}, workspaceId)).data.items).toEqual([]);
  });
});
