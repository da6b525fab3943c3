// The outbox against an SMTP server that takes, refuses, hangs and hangs up. A mail's waits are by the database's
// clock, so these tests move what the database waits for.
import { randomBytes, randomUUID } from "node:crypto";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  call,
  eventually,
  password,
  readMail,
  runOperator,
  startSmtpServer,
  startTestServer,
  type SmtpServer,
  type TestServer,
} from "../kit/index.ts";

let smtp: SmtpServer;
let server: TestServer;
beforeEach(async () => {
  smtp = await startSmtpServer();
  server = await startTestServer(settings());
});
afterEach(async () => {
  await server.close();
  await smtp.close();
});

/** Mail goes to the test's SMTP server. */
const settings = () => ({
  PROJO_SMTP_URL: smtp.url,
  PROJO_MAIL_FROM: '"Engines, Ltd." <mail@example.com>',
  PROJO_APP_URL: "https://app.example.com",
});

interface OutboxRow {
  id: string;
  recipient: string;
  status: string;
  attempts: number;
  last_error: string | null;
  waits: number;
}

const outbox = () =>
  server.database.owner<OutboxRow>(
    `SELECT id, recipient, status, attempts, last_error,
            extract(epoch FROM next_attempt_at - now())::double precision AS waits FROM mail_outbox ORDER BY id`,
  );

/** Waits until the only mail is so. */
const mailThat = (holds: (mail: OutboxRow) => boolean) =>
  eventually(async () => {
    const [mail] = await outbox();
    return mail && holds(mail) && mail;
  });

/** Lets what a mail waits for have passed. */
const passTime = () => server.database.owner("UPDATE mail_outbox SET next_attempt_at = now()");

const signUp = (name: string) =>
  call(server.url, "auth.signUp", { input: { email: `${name}@example.com`, password } });

/** Puts accounts and their mails into the outbox at once, as so many sign-ups would. */
async function enqueue(
  recipients: readonly string[],
  database: TestDatabase = server.database,
): Promise<void> {
  await database.owner(
    `WITH person AS (
       INSERT INTO users (id, email, password_hash)
       SELECT gen_random_uuid(), gen_random_uuid() || '@example.com', 'none' FROM unnest($1::text[]) RETURNING id
     ), token AS (
       INSERT INTO one_time_tokens (id, user_id, purpose, salt, expires_at)
       SELECT gen_random_uuid(), id, 'email.verify', $2, now() + interval '3 days' FROM person RETURNING id
     )
     INSERT INTO mail_outbox (id, template, recipient, one_time_token_id)
     SELECT gen_random_uuid(), 'email.verify', recipient, token.id
       FROM (SELECT id, row_number() OVER () AS place FROM token) AS token
       JOIN unnest($1::text[]) WITH ORDINALITY AS wanted (recipient, place) USING (place)`,
    [recipients, randomBytes(32)],
  );
}

const operator = (...args: string[]) => runOperator(args, { DATABASE_URL: server.database.url });

describe("a mail over SMTP", () => {
  it("arrives with a text and an HTML body, from the sender of the configuration, to its recipient alone", async () => {
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
    await mailThat(({ status }) => status === "sent");
    // Only the development's transport tells the console.
    expect(server.announced).toEqual([]);
  });

  it("F7 a sign-up that fails sends no mail, and one that succeeds sends one", async () => {
    await signUp("ada");
    await mailThat(({ status }) => status === "sent");
    expect((await signUp("ada")).error?.reason).toBe("auth.email_taken");
    expect((await signUp("grace")).status).toBe(200);
    await eventually(() => smtp.taken.length >= 2);
    const recipients = (await outbox()).map(({ recipient }) => recipient);
    expect(recipients.toSorted()).toEqual(["ada@example.com", "grace@example.com"]);
    expect(smtp.taken.flatMap(({ to }) => to).toSorted()).toEqual(["ada@example.com", "grace@example.com"]);
  });

  it("F7 a mail that cannot be recorded keeps the account from being made", async () => {
    await server.database.owner(
      "ALTER TABLE mail_outbox ADD CONSTRAINT none CHECK (recipient !~ 'ada') NOT VALID",
    );
    expect((await signUp("ada")).status).toBe(500);
    expect(await server.database.owner("SELECT FROM users")).toEqual([]);
  });

  it("F7 a mail that is refused for now is tried again, later each time, and arrives once", async () => {
    smtp.answers = (stage) => (stage === "RCPT" ? "450 4.2.1 the mailbox is busy" : undefined);
    await signUp("ada");
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const mail = await mailThat(
        ({ attempts, waits: left }) => attempts === attempt && left < 100 && left > 1,
      );
      expect(mail).toMatchObject({ status: "pending", last_error: "RCPT TO: 450 4.2.1 the mailbox is busy" });
      waits.push(Math.round(mail.waits / 10));
      if (attempt === 3) smtp.answers = () => undefined;
      await passTime();
    }
    expect(waits).toEqual([1, 3, 9]);
    await mailThat(({ status }) => status === "sent");
    expect(smtp.taken).toHaveLength(1);
  }, 60_000);

  it("F7 a mail whose server is away, hangs up or hangs is tried again", async () => {
    const doings = { EHLO: "hang up", DATA: "hang up", connect: "hang" } as const;
    const errors: string[] = [];
    await signUp("ada");
    await mailThat(({ status }) => status === "sent");
    for (const [stage, doing] of Object.entries(doings)) {
      smtp.answers = (at) => (at === stage ? doing : undefined);
      await server.database.owner(
        "UPDATE mail_outbox SET status = 'pending', attempts = 0, next_attempt_at = now(), last_error = NULL",
      );
      const mail = await mailThat(({ last_error: why }) => why !== null);
      expect(mail).toMatchObject({ status: "pending", attempts: 1 });
      errors.push(mail.last_error ?? "");
    }
    expect(errors).toEqual([
      expect.stringContaining("ECONNECTION"),
      expect.stringContaining("ECONNECTION"),
      expect.stringContaining("ETIMEDOUT"),
    ]);
    smtp.answers = () => undefined;
    await passTime();
    await mailThat(({ status }) => status === "sent");
    const ids = smtp.taken.map(({ source }) => readMail(source).headers.get("message-id"));
    expect(ids).toHaveLength(2);
    // Whoever gets a mail twice can tell.
    expect(new Set(ids).size).toBe(1);
  }, 60_000);

  it("A3 a server that quotes the mail in its refusal brings no token into the database or the log", async () => {
    let token = "";
    smtp.answers = (stage, source) => {
      if (stage !== "message") return undefined;
      ({ token } = readMail(source));
      return `451 4.7.1 looks like spam: ${token}`;
    };
    await signUp("ada");
    const mail = await mailThat(({ last_error: why }) => why !== null);
    expect(token).toMatch(/^pjo_/);
    expect(mail.last_error).toBe("DATA: 451 4.7.1");
    expect(server.logLines.filter((line) => line.includes(token))).toEqual([]);
  });

  it("a recipient that is more than one address gets nothing, nor does anybody else", async () => {
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

describe("several servers", () => {
  it("F7 two servers with one database send each of 50 mails once", async () => {
    const second = await startTestServer({ ...settings(), DATABASE_URL: server.database.url });
    try {
      const recipients = Array.from({ length: 50 }, (_, index) => `person-${index}@example.com`);
      await enqueue(recipients);
      await eventually(async () => (await outbox()).every(({ status }) => status === "sent"), 40);
      expect(smtp.taken.flatMap(({ to }) => to).toSorted()).toEqual(recipients.toSorted());
      const senders = [server, second].map(
        ({ logLines }) => logLines.filter((line) => line.includes("a mail was sent")).length,
      );
      expect((senders[0] ?? 0) + (senders[1] ?? 0)).toBe(50);
    } finally {
      await second.close();
    }
  }, 60_000);

  it("F7 ten claimers at the same time share 50 mails and have none in common", async () => {
    const database = await createTestDatabase();
    try {
      await enqueue(
        Array.from({ length: 50 }, (_, index) => `person-${index}@example.com`),
        database,
      );
      const ids: string[] = [];
      while (ids.length < 50) {
        const batches = await Promise.all(Array.from({ length: 10 }, () => database.db.mail.claim()));
        const claimed = batches.flat().map(({ id }) => id);
        expect(claimed).not.toEqual([]);
        ids.push(...claimed);
      }
      expect(new Set(ids).size).toBe(50);
      expect(await database.db.mail.claim()).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it("F7 a mail that a server claimed and did not send, as it died, is sent by the next one after the lease", async () => {
    smtp.answers = (stage) => (stage === "message" ? "hang" : undefined);
    await signUp("ada");
    await eventually(() => smtp.commands.includes("DATA"));
    // The first server is as good as dead to this mail: it waits for an answer that does not come.
    const [mail] = await outbox();
    expect(mail).toMatchObject({ status: "pending", attempts: 1 });
    expect(mail?.waits).toBeGreaterThan(60);
    smtp.answers = () => undefined;
    const second = await startTestServer({ ...settings(), DATABASE_URL: server.database.url });
    try {
      await new Promise((passed) => setTimeout(passed, 2_500));
      expect(smtp.taken).toEqual([]);
      await passTime();
      await mailThat(({ status }) => status === "sent");
      expect(smtp.taken).toHaveLength(1);
    } finally {
      await second.close();
    }
  }, 60_000);

  it("F7 a server that dies at every attempt at a mail does not try for ever", async () => {
    await enqueue(["ada@example.com"]);
    await mailThat(({ status }) => status === "sent");
    await server.database.owner(
      "UPDATE mail_outbox SET status = 'pending', attempts = 8, next_attempt_at = now()",
    );
    const mail = await mailThat(({ status }) => status !== "pending");
    expect(mail).toMatchObject({ status: "dead", last_error: "the server ended while sending" });
  });
});

describe("stopping and cleaning up", () => {
  it("F3, F7 a server that stops lets the mail in flight arrive, and no other server sends it again", async () => {
    const database = await createTestDatabase();
    const stopping = await startTestServer({ ...settings(), DATABASE_URL: database.url });
    let inFlight = 0;
    smtp.answers = async (stage) => {
      if (stage !== "message") return undefined;
      inFlight += 1;
      return new Promise((answer) => setTimeout(answer, 1_500, undefined));
    };
    await enqueue(["ada@example.com", "grace@example.com", "joan@example.com"], database);
    await eventually(() => inFlight > 0);
    await stopping.close();
    const sent = smtp.taken.length;
    expect(sent).toBeGreaterThan(0);
    const next = await startTestServer({ ...settings(), DATABASE_URL: database.url });
    await eventually(() => smtp.taken.length >= 3);
    await new Promise((passed) => setTimeout(passed, 2_500));
    await next.close();
    await database.drop();
    const recipients = smtp.taken.flatMap(({ to }) => to);
    expect(recipients.toSorted()).toEqual(["ada@example.com", "grace@example.com", "joan@example.com"]);
  }, 60_000);

  it("F3 a server that stops does not wait for a mail server that hangs", async () => {
    const database = await createTestDatabase();
    const stopping = await startTestServer({ ...settings(), DATABASE_URL: database.url });
    smtp.answers = (stage) => (stage === "message" ? "hang" : undefined);
    await enqueue(["ada@example.com"], database);
    await eventually(() => smtp.commands.includes("DATA"));
    const begun = Date.now();
    await stopping.close();
    expect(Date.now() - begun).toBeLessThan(10_000);
    const [mail] = await database.owner("SELECT status, last_error FROM mail_outbox");
    await database.drop();
    expect(mail).toEqual({ status: "pending", last_error: "it took too long" });
  }, 60_000);

  it("what has expired is removed: sessions, tokens, and mails sent long ago", async () => {
    await signUp("ada");
    await mailThat(({ status }) => status === "sent");
    await server.database.owner("UPDATE mail_outbox SET sent_at = now() - interval '29 days'");
    await server.database.db.mail.deleteOld();
    expect(await outbox()).toHaveLength(1);
    await server.database.owner("UPDATE mail_outbox SET sent_at = now() - interval '31 days'");
    await server.database.owner("UPDATE sessions SET expires_at = now()");
    const second = await startTestServer({ ...settings(), DATABASE_URL: server.database.url });
    try {
      await eventually(async () => (await outbox()).length === 0);
      await eventually(async () => (await server.database.owner("SELECT FROM sessions")).length === 0);
      expect(await server.database.owner("SELECT FROM one_time_tokens")).toHaveLength(1);
      await server.database.owner("UPDATE one_time_tokens SET expires_at = now()");
      await server.database.db.mail.deleteOld();
      expect(await server.database.owner("SELECT FROM one_time_tokens")).toEqual([]);
    } finally {
      await second.close();
    }
  });
});
