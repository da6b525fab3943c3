// A user sees in the terminal what happened to a mail. The outbox is changed by SQL: the server of the CLI's tests has no mail
// server. apps/api/test/regression/mail-status.test.ts has the same with one.
import { eventually, startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectDone, openSignedIn } from "../kit.ts";
import { jsonOf, openVerifiedAdmin } from "../people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Waits until the mail to the address is sent, then sets its status as after a refusal of the address. */
async function refuseMailTo(address: string): Promise<void> {
  await eventually(async () => {
    const changed = await server.database.owner(
      `UPDATE mail_outbox SET status = 'dead', problem = 'recipient_rejected', last_error = 'RCPT TO: 550 secret text'
        WHERE recipient = $1 AND status = 'sent' RETURNING id`,
      [address],
    );
    return changed.length > 0;
  });
}

it("lists a refused mail of an invite with the next step", async () => {
  const ann = await openVerifiedAdmin(server, "ann@example.com");
  try {
    const { err } = await expectDone(ann.projo(["invites", "create", "Bob@bücher.example"]));
    expect(err).toContain("Invited bob@xn--bcher-kva.example as member");
    expect(err).toContain("To see whether the mail server accepted the mail, run: projo invites list");
    await refuseMailTo("bob@xn--bcher-kva.example");
    const listed = await expectDone(ann.projo(["invites", "list"]));
    expect(listed.out).toMatch(
      /\tbob@xn--bcher-kva\.example\t.*\trefused \S+Z \(the mail server rejects the address\)$/m,
    );
    expect(listed.err).toContain(
      "A mail was refused. If its address is wrong, run: projo invites revoke EMAIL",
    );
    expect(await jsonOf(ann, "invites", "list")).toMatchObject({
      items: [{ mailStatus: "refused", mailProblem: "recipient_rejected" }],
    });
    // The address is found in every spelling.
    const resent = await expectDone(ann.projo(["invites", "resend", " BOB@bu\u0308cher.example. "]));
    expect(resent.err).toContain("Invited bob@xn--bcher-kva.example");
    await expectDone(ann.projo(["invites", "revoke", "bob@xn--bcher-kva.example"]));
  } finally {
    await ann.close();
  }
});

it("shows a refused verification mail to the owner of the account", async () => {
  const cyd = await openSignedIn(server.url, "cyd@example.com");
  try {
    await refuseMailTo("cyd@example.com");
    const text = /Verification mail: refused \S+Z \(the mail server rejects the address\)\n/;
    expect((await expectDone(cyd.projo(["email", "status"]))).out).toMatch(text);
    expect((await expectDone(cyd.projo(["whoami"]))).out).toMatch(text);
    expect(await jsonOf(cyd, "whoami")).toMatchObject({ verificationMail: { mailStatus: "refused" } });
    const { err } = await expectDone(cyd.projo(["email", "resend"]));
    expect(err).toContain("If no mail arrives, run: projo email status");
    await server.database.owner("UPDATE users SET email_verified_at = now() WHERE email = 'cyd@example.com'");
    expect((await expectDone(cyd.projo(["whoami"]))).out).not.toContain("Verification mail");
  } finally {
    await cyd.close();
  }
});
