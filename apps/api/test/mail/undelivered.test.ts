// Mails that cannot be sent, and the operator's commands for them.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { call, eventually, readMail } from "../kit/index.ts";
import {
  enqueue,
  mailWhere,
  setUpMail,
  operator,
  outbox,
  makeMailDue,
  server,
  signUp,
  smtp,
} from "./mail-setup.ts";

setUpMail();

describe("A mail that cannot be sent", () => {
  it("F7 becomes dead after eight attempts, appears in the operator's list, and can be resent by the operator", async () => {
    smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
    await signUp("ada");
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await mailWhere(({ attempts, last_error: why }) => attempts === attempt && why !== null);
      // Clear the error, so that the test recognizes the next attempt.
      if (attempt < 8) {
        await server.database.owner("UPDATE mail_outbox SET next_attempt_at = now(), last_error = NULL");
      }
    }
    const { id, status } = await mailWhere(() => true);
    expect(status).toBe("dead");

    const listed = await operator("mail", "list");
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out).toContain(`${id}  `);
    expect(listed.out).toContain(
      "dead  email.verify  ada@example.com  8 attempts  MAIL FROM: 451 4.3.0 not now",
    );
    expect((await operator("mail", "list", "--status", "sent")).out).toBe("No mail is sent.\n");

    // The unsent link has expired meanwhile. The resent mail contains a new link that works.
    await server.database.owner(
      "UPDATE one_time_tokens SET created_at = now() - interval '80 hours', expires_at = now() - interval '8 hours'",
    );
    smtp.answers = () => undefined;
    expect(await operator("mail", "resend", id)).toMatchObject({ code: 0, err: "" });
    await mailWhere((mail) => mail.status === "sent");
    const { token } = readMail(smtp.taken[0]?.source ?? "");
    expect((await call(server.url, "email.verify", { input: { token } })).status).toBe(200);
    expect(await operator("mail", "resend", id)).toMatchObject({
      code: 1,
      err: expect.stringContaining("was used"),
    });
  });

  it("F7 becomes dead at once after a permanent refusal of its recipient, and the operator can resend all dead mails", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? "550 5.1.1 no such mailbox" : undefined);
    await enqueue(["ada@example.com", "grace@example.com"]);
    await eventually(async () => (await outbox()).every(({ status }) => status === "dead"));
    expect((await outbox()).map(({ attempts }) => attempts)).toEqual([1, 1]);
    smtp.answers = () => undefined;
    expect(await operator("mail", "resend", "--all-dead")).toMatchObject({
      code: 0,
      out: expect.stringContaining("2 mails"),
    });
    await eventually(async () => (await outbox()).every(({ status }) => status === "sent"));
  });

  it("causes clear errors of the operator's program for wrong commands, options and ids", async () => {
    const [verb, status, id, both, missing] = await Promise.all([
      operator("mail", "burn"),
      operator("mail", "list", "--status", "lost"),
      operator("mail", "resend", "7"),
      operator("mail", "resend", randomUUID(), "--all-dead"),
      operator("mail", "resend", "01890000-0000-7000-8000-000000000000"),
    ]);
    for (const refused of [verb, status, id, both]) expect(refused).toMatchObject({ code: 2, out: "" });
    expect(verb.err).toBe("Unknown command 'burn'. See: projostack mail --help\n");
    expect(status.err).toBe(
      "Option '--status <status>' argument 'lost' is invalid. Allowed choices are pending, sent, dead. See: projostack mail list --help\n",
    );
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("There is no mail") });
  });

  it("F7 becomes dead if its link expires first, and remains visible to the operator", async () => {
    smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
    await signUp("ada");
    await mailWhere(({ last_error: why }) => why !== null);
    await server.database.owner("UPDATE one_time_tokens SET expires_at = now()");
    await makeMailDue();
    const mail = await mailWhere(({ status }) => status !== "pending");
    expect(mail).toMatchObject({
      status: "dead",
      last_error: "the link expired first; MAIL FROM: 451 4.3.0 not now",
    });
    // The clean-up of expired tokens does not delete unsent mails.
    await server.database.db.mail.deleteOld();
    expect(await outbox()).toHaveLength(1);
  });

  it("leaves the outbox if its token was used meanwhile", async () => {
    smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
    await signUp("ada");
    await mailWhere(({ last_error: why }) => why !== null);
    await server.database.owner("UPDATE one_time_tokens SET used_at = now()");
    smtp.answers = () => undefined;
    await makeMailDue();
    await eventually(async () => (await outbox()).length === 0);
    expect(smtp.taken).toEqual([]);
  });
});
