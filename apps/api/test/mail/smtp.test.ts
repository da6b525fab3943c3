// Mail to an SMTP server that accepts, refuses, hangs or hangs up.
import { describe, expect, it } from "vitest";
import { call, eventually, readMail } from "../kit/index.ts";
import { enqueue, mailWhere, setUpMail, outbox, makeMailDue, server, signUp, smtp } from "./mail-setup.ts";

setUpMail();

describe("The mail worker", () => {
  it("sends a text and an HTML body from the configured sender to the recipient only", async () => {
    await signUp("ada");
    const [mail] = await eventually(() => smtp.taken.length > 0 && smtp.taken);
    expect(mail).toMatchObject({ from: "mail@example.com", to: ["ada@example.com"] });
    const { headers, text: body, html, token } = readMail(mail?.source ?? "");
    expect(headers.get("from")).toBe('"Engines, Ltd." <mail@example.com>');
    expect(headers.get("to")).toBe("ada@example.com");
    expect(headers.get("auto-submitted")).toBe("auto-generated");
    expect(body).toContain(`https://app.example.com/verify-email#token=${token}`);
    expect(html).toContain(`href="https://app.example.com/verify-email#token=${token}"`);
    expect((await call(server.url, "email.verify", { input: { token } })).status).toBe(200);
    await mailWhere(({ status }) => status === "sent");
    // Only the transport for development prints to the console.
    expect(server.announced).toEqual([]);
  });

  it("F7 sends no mail for a failed sign-up and one mail for a successful one", async () => {
    await signUp("ada");
    await mailWhere(({ status }) => status === "sent");
    expect((await signUp("ada")).error?.reason).toBe("auth.email_taken");
    expect((await signUp("grace")).status).toBe(200);
    await eventually(() => smtp.taken.length >= 2);
    const recipients = (await outbox()).map(({ recipient }) => recipient);
    expect(recipients.toSorted()).toEqual(["ada@example.com", "grace@example.com"]);
    expect(smtp.taken.flatMap(({ to }) => to).toSorted()).toEqual(["ada@example.com", "grace@example.com"]);
  });

  it("F7 depends on the outbox: a sign-up whose mail cannot be recorded creates no account", async () => {
    await server.database.owner(
      "ALTER TABLE mail_outbox ADD CONSTRAINT none CHECK (recipient !~ 'ada') NOT VALID",
    );
    expect((await signUp("ada")).status).toBe(500);
    expect(await server.database.owner("SELECT FROM users")).toEqual([]);
  });

  it("F7 retries a temporarily refused mail with growing delays and delivers it once", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? "450 4.2.1 the mailbox is busy" : undefined);
    await signUp("ada");
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const mail = await mailWhere(
        ({ attempts, waits: left }) => attempts === attempt && left < 100 && left > 1,
      );
      expect(mail).toMatchObject({ status: "pending", last_error: "RCPT TO: 450 4.2.1 the mailbox is busy" });
      waits.push(Math.round(mail.waits / 10));
      if (attempt === 3) smtp.answers = () => undefined;
      await makeMailDue();
    }
    expect(waits).toEqual([1, 3, 9]);
    await mailWhere(({ status }) => status === "sent");
    expect(smtp.taken).toHaveLength(1);
  });

  it("F7 retries a mail if the mail server is unreachable, hangs up or hangs", async () => {
    const behaviors = { EHLO: "hang up", DATA: "hang up", connect: "hang" } as const;
    const errors: string[] = [];
    await signUp("ada");
    await mailWhere(({ status }) => status === "sent");
    for (const [stage, behavior] of Object.entries(behaviors)) {
      smtp.answers = (at) => (at === stage ? behavior : undefined);
      await server.database.owner(
        "UPDATE mail_outbox SET status = 'pending', attempts = 0, next_attempt_at = now(), last_error = NULL",
      );
      const mail = await mailWhere(({ last_error: why }) => why !== null);
      expect(mail).toMatchObject({ status: "pending", attempts: 1 });
      errors.push(mail.last_error ?? "");
    }
    expect(errors).toEqual([
      expect.stringContaining("ECONNECTION"),
      expect.stringContaining("ECONNECTION"),
      expect.stringContaining("ETIMEDOUT"),
    ]);
    smtp.answers = () => undefined;
    await makeMailDue();
    await mailWhere(({ status }) => status === "sent");
    const ids = smtp.taken.map(({ source }) => readMail(source).headers.get("message-id"));
    expect(ids).toHaveLength(2);
    // Both copies have the same Message-ID, so the recipient's client can recognize the duplicate.
    expect(new Set(ids).size).toBe(1);
  });

  it("A3 stores and logs no token if the mail server quotes the mail in its refusal", async () => {
    let token = "";
    smtp.answers = (stage, source) => {
      if (stage !== "message") return undefined;
      ({ token } = readMail(source));
      return `451 4.7.1 looks like spam: ${token}`;
    };
    await signUp("ada");
    const mail = await mailWhere(({ last_error: why }) => why !== null);
    expect(token).toMatch(/^pjo_/);
    expect(mail.last_error).toBe("DATA: 451 4.7.1");
    expect(server.logLines.filter((line) => line.includes(token))).toEqual([]);
  });

  it("sends nothing to a recipient that contains more than one address", async () => {
    const hostile = [
      "ada@example.com\r\nBcc: eve@example.com",
      "ada@example.com, eve@example.com",
      "ada@example.com>\r\nRCPT TO:<eve@example.com",
      "Ada <eve@example.com>",
      '"eve@example.com" ada@example.com',
      "ada@example.com;eve@example.com",
    ];
    await enqueue([...hostile, "grace@example.com"]);
    await eventually(async () => (await outbox()).every(({ status }) => status !== "pending"));
    expect(smtp.taken.map(({ to }) => to)).toEqual([["grace@example.com"]]);
    expect(smtp.commands.filter((line) => /eve|ada/.test(line))).toEqual([]);
    const dead = (await outbox()).filter(({ status }) => status === "dead");
    expect(dead.map(({ recipient }) => recipient).toSorted()).toEqual(hostile.toSorted());
  });
});
