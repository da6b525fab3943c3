// Mails that cannot be sent, and what an operator does about them.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { call, eventually, readMail } from "../kit/index.ts";
import {
  enqueue,
  mailThat,
  openPostOffice,
  operator,
  outbox,
  passTime,
  server,
  signUp,
  smtp,
} from "./mail-setup.ts";

openPostOffice();

describe("a mail that cannot be sent", () => {
  it("F7 is dead after eight attempts, is seen by an operator, and is sent again when the operator says so", async () => {
    smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
    await signUp("ada");
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await mailThat(({ attempts, last_error: why }) => attempts === attempt && why !== null);
      // Without its error, so that the next round can be told from this one.
      if (attempt < 8) {
        await server.database.owner("UPDATE mail_outbox SET next_attempt_at = now(), last_error = NULL");
      }
    }
    const { id, status } = await mailThat(() => true);
    expect(status).toBe("dead");

    const listed = await operator("mail", "list");
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out).toContain(`${id}  `);
    expect(listed.out).toContain(
      "dead  email.verify  ada@example.com  8 attempts  MAIL FROM: 451 4.3.0 not now",
    );
    expect((await operator("mail", "list", "--status", "sent")).out).toBe("No mail is sent.\n");

    // The link that was never sent has expired meanwhile; the mail that is sent brings one that works.
    await server.database.owner(
      "UPDATE one_time_tokens SET created_at = now() - interval '80 hours', expires_at = now() - interval '8 hours'",
    );
    smtp.answers = () => undefined;
    expect(await operator("mail", "resend", id)).toMatchObject({ code: 0, err: "" });
    await mailThat((mail) => mail.status === "sent");
    const { token } = readMail(smtp.taken[0]?.source ?? "");
    expect((await call(server.url, "email.verify", { input: { token } })).status).toBe(200);
    expect(await operator("mail", "resend", id)).toMatchObject({
      code: 1,
      err: expect.stringContaining("was used"),
    });
  }, 90_000);

  it("F7 is dead at once when its recipient is refused for good, and all dead mails can be sent again", async () => {
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
  }, 60_000);

  it("the operator's program says what it did not understand, and what it did not find", async () => {
    const [verb, status, id, both, missing] = await Promise.all([
      operator("mail", "burn"),
      operator("mail", "list", "--status", "lost"),
      operator("mail", "resend", "7"),
      operator("mail", "resend", randomUUID(), "--all-dead"),
      operator("mail", "resend", "01890000-0000-7000-8000-000000000000"),
    ]);
    for (const refused of [verb, status, id, both]) expect(refused).toMatchObject({ code: 2, out: "" });
    expect(verb.err).toBe("There is no command `mail burn`.\n");
    expect(status.err).toBe("--status is one of pending, sent, dead.\n");
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("There is no mail") });
  }, 60_000);

  it("F7 a link that expires before it could be sent leaves a mail that an operator sees", async () => {
    smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
    await signUp("ada");
    await mailThat(({ last_error: why }) => why !== null);
    await server.database.owner("UPDATE one_time_tokens SET expires_at = now()");
    await passTime();
    const mail = await mailThat(({ status }) => status !== "pending");
    expect(mail).toMatchObject({
      status: "dead",
      last_error: "the link expired first; MAIL FROM: 451 4.3.0 not now",
    });
    // The clean-up of expired tokens takes no mail away that was not sent.
    await server.database.db.mail.deleteOld();
    expect(await outbox()).toHaveLength(1);
  });

  it("a mail whose link was used meanwhile is not sent", async () => {
    smtp.answers = (stage) => (stage === "MAIL" ? "451 4.3.0 not now" : undefined);
    await signUp("ada");
    await mailThat(({ last_error: why }) => why !== null);
    await server.database.owner("UPDATE one_time_tokens SET used_at = now()");
    smtp.answers = () => undefined;
    await passTime();
    await eventually(async () => (await outbox()).length === 0);
    expect(smtp.taken).toEqual([]);
  });
});
