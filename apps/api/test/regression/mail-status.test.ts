// The sender of a mail sees its status: waiting, sent or refused.
import { describe, expect, it } from "vitest";
import {
  arrive,
  arriveUnverified,
  call,
  eventually,
  foundWorkspace,
  password,
  type Person,
} from "../kit/index.ts";
import { makeMailDue, operator, outbox, server, setUpMail, smtp } from "../mail/mail-setup.ts";

setUpMail();

interface Delivery {
  readonly mailStatus: string | null;
  readonly mailStatusAt: string;
  readonly mailProblem: string | null;
}

const SECRET_TEXT = "5.1.1 <grace@example.com>: no such user, ticket 12345";

async function inviteGrace(): Promise<{ ada: Person; workspaceId: string; id: string; answer: unknown }> {
  const ada = await arrive(server, "ada");
  const workspaceId = await foundWorkspace(ada);
  const { data } = await ada.call("invites.create", { email: "grace@example.com" }, workspaceId);
  return { ada, workspaceId, id: String(data.id), answer: data };
}

/** Waits until the first listed invite has the status. @returns the invite */
const listedWith = (ada: Person, workspaceId: string, mailStatus: string) =>
  eventually(async () => {
    const { data } = await ada.call("invites.list", {}, workspaceId);
    const { items } = data as { items: Delivery[] };
    return items[0]?.mailStatus === mailStatus && items[0];
  });

describe("The mail of an invite", () => {
  it("the status is waiting, then sent, with the time", async () => {
    const { ada, workspaceId, answer } = await inviteGrace();
    expect(answer).toMatchObject({ mailStatus: "waiting", mailProblem: null });
    const sent = await listedWith(ada, workspaceId, "sent");
    expect(sent.mailProblem).toBeNull();
    expect(Math.abs(Date.parse(sent.mailStatusAt) - Date.now())).toBeLessThan(60_000);
  });

  it("the status is refused when the mail server rejects the address, without the text of the mail server", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? `550 ${SECRET_TEXT}` : undefined);
    const { ada, workspaceId, id } = await inviteGrace();
    const refused = await listedWith(ada, workspaceId, "refused");
    expect(refused).toMatchObject({ status: "pending", mailProblem: "recipient_rejected" });
    expect(JSON.stringify(refused)).not.toContain("12345");
    smtp.answers = () => undefined;
    const resent = await ada.call("invites.resend", { id }, workspaceId);
    expect(resent.data).toMatchObject({ mailStatus: "waiting", mailProblem: null });
    await listedWith(ada, workspaceId, "sent");
  });

  it("the status is refused when the mail server rejects the message", async () => {
    smtp.answers = (stage) => (stage === "message" ? "554 5.7.1 spam" : undefined);
    const { ada, workspaceId } = await inviteGrace();
    expect((await listedWith(ada, workspaceId, "refused")).mailProblem).toBe("message_rejected");
  });

  it("the status is waiting with its problem while the mail server asks to try later, and refused after the last attempt", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? "451 4.7.1 greylisted" : undefined);
    const { ada, workspaceId } = await inviteGrace();
    const waiting = await eventually(async () => {
      const { data } = await ada.call("invites.list", {}, workspaceId);
      const { items } = data as { items: Delivery[] };
      return items[0]?.mailProblem !== null && items[0];
    });
    expect(waiting).toMatchObject({ mailStatus: "waiting", mailProblem: "not_accepted" });
    await server.database.owner("UPDATE mail_outbox SET attempts = 7, next_attempt_at = now()");
    expect((await listedWith(ada, workspaceId, "refused")).mailProblem).toBe("not_accepted");
    // The operator sends it again, and the sender sees that too.
    smtp.answers = () => undefined;
    expect(await operator("mail", "resend", "--all-dead")).toMatchObject({ code: 0 });
    expect((await listedWith(ada, workspaceId, "sent")).mailProblem).toBeNull();
  });

  it("the status is refused when the link expires first", async () => {
    smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
    const { ada, workspaceId } = await inviteGrace();
    await eventually(async () => (await outbox())[0]?.last_error ?? undefined);
    await server.database.owner("UPDATE mail_outbox SET expires_at = now()");
    await makeMailDue();
    expect((await listedWith(ada, workspaceId, "refused")).mailProblem).toBe("link_expired");
  });

  it("a revoked invite has no status, because the server deletes the mail", async () => {
    const { ada, workspaceId, id } = await inviteGrace();
    const revoked = await ada.call("invites.revoke", { id }, workspaceId);
    expect(revoked.data).toMatchObject({ mailStatus: null, mailStatusAt: null, mailProblem: null });
    expect((await ada.call("invites.list", {}, workspaceId)).data.items[0].mailStatus).toBeNull();
  });

  it("I1 shows its status to its workspace only", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? "550 5.1.1 no" : undefined);
    const { ada, workspaceId } = await inviteGrace();
    // The mail server's answer changes below, so this mail has to be refused first.
    await listedWith(ada, workspaceId, "refused");
    const eve = await arrive(server, "eve");
    const other = await foundWorkspace(eve);
    smtp.answers = (stage) => (stage === "RCPT" ? "451 4.7.1 later" : undefined);
    await eve.call("invites.create", { email: "grace@example.com" }, other);
    await listedWith(ada, workspaceId, "refused");
    expect((await eve.call("invites.list", {}, other)).data.items).toMatchObject([{ mailStatus: "waiting" }]);
  });

  it("F14 the mail has a status when an earlier build handles it", async () => {
    smtp.answers = (stage) => (stage === "MAIL" ? "hang" : undefined);
    const { ada, workspaceId } = await inviteGrace();
    // The statement of an earlier build, which knows no class of failures.
    await server.database.owner(
      "UPDATE mail_outbox SET status = 'dead', last_error = 'RCPT TO: 550', status_at = NULL",
    );
    expect(await listedWith(ada, workspaceId, "refused")).toMatchObject({
      mailProblem: null,
      mailStatusAt: expect.stringMatching(/^\d{4}-/),
    });
  });
});

/** Requests a reset. @returns the status and the bytes of the answer */
async function ask(email: string): Promise<[number, string]> {
  const { status, text } = await call(server.url, "password.requestReset", { input: { email } });
  return [status, text];
}

describe("The mails of an account", () => {
  it("have a status for the signed-in owner", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? `550 ${SECRET_TEXT}` : undefined);
    const grace = await arriveUnverified(server, "grace");
    const none = { mailStatus: null, mailStatusAt: null, mailProblem: null };
    expect((await grace.call("email.status")).data).toEqual({
      email: "grace@example.com",
      emailVerifiedAt: null,
      verification: none,
      reset: none,
    });
    const resent = await grace.call("email.resendVerification", {});
    expect(resent.data.mailStatus).toMatch(/^(waiting|refused)$/);
    const refused = await eventually(async () => {
      const { data } = await grace.call("email.status");
      const status = data as { verification: Delivery; reset: Delivery };
      return status.verification.mailStatus === "refused" && status;
    });
    expect(refused.verification.mailProblem).toBe("recipient_rejected");
    expect(refused.reset).toEqual(none);
    expect(JSON.stringify(refused)).not.toContain("12345");
    await call(server.url, "password.requestReset", { input: { email: grace.email } });
    await eventually(async () => (await grace.call("email.status")).data.reset.mailStatus === "refused");
    const other = await arrive(server, "eve");
    expect((await other.call("email.status")).data).toMatchObject({
      verification: none,
      reset: none,
    });
  });

  it("A1 give a request for a reset the same answer, whether the account exists and its mails are refused or not", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? "550 5.1.1 no" : undefined);
    await arrive(server, "grace");
    const first = await ask("grace@example.com");
    await eventually(async () => (await outbox())[0]?.status === "dead");
    expect([first, await ask("grace@example.com")]).toEqual([await ask("nobody@example.com"), first]);
    expect((await call(server.url, "email.status")).status).toBe(401);
    expect(
      (await call(server.url, "auth.signIn", { input: { email: "nobody@example.com", password } })).status,
    ).toBe(401);
  });
});
