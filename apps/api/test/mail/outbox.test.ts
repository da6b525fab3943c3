// Several servers with one outbox; a server that stops; what is removed.
import { createTestDatabase } from "@projostack/db/testing";
import { describe, expect, it } from "vitest";
import { eventually } from "../kit/index.ts";
import {
  enqueue,
  mailThat,
  openPostOffice,
  outbox,
  passTime,
  server,
  severalReads,
  signUp,
  smtp,
  startMailServer,
} from "./post-office.ts";

openPostOffice();

describe("several servers", () => {
  it("F7 two servers with one database send each of 50 mails once", async () => {
    const second = await startMailServer(server.database.url);
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
    const second = await startMailServer(server.database.url);
    try {
      await severalReads();
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

/** For the server it is gone: its connections are cut, and its statements fail. */
const away = () =>
  server.database.owner(
    `ALTER TABLE mail_outbox RENAME TO mail_outbox_away;
     SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'projostack'`,
  );
const back = () => server.database.owner("ALTER TABLE mail_outbox_away RENAME TO mail_outbox");

describe("a database that goes away", () => {
  it("F7 delays mail, which is sent when it is back, unaided", async () => {
    await enqueue(["ada@example.com"]);
    await mailThat(({ status }) => status === "sent");
    await away();
    await eventually(() => server.logLines.some((line) => line.includes("the outbox could not be read")));
    await back();
    await enqueue(["grace@example.com"]);
    await eventually(() => smtp.taken.length === 2);
    expect(smtp.taken.map(({ to }) => to)).toEqual([["ada@example.com"], ["grace@example.com"]]);
  });

  it("F7 for a moment between sending a mail and recording it, has it sent no second time", async () => {
    smtp.answers = async (stage) => {
      if (stage === "message") await away();
      return undefined;
    };
    await enqueue(["ada@example.com"]);
    await eventually(() => smtp.taken.length === 1);
    await severalReads();
    await back();
    await mailThat(({ status }) => status === "sent");
    expect(smtp.taken).toHaveLength(1);
  });
});

describe("stopping and cleaning up", () => {
  it("F3, F7 a server that stops lets the mail in flight arrive, and no other server sends it again", async () => {
    const database = await createTestDatabase();
    const stopping = await startMailServer(database.url);
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
    const next = await startMailServer(database.url);
    await eventually(() => smtp.taken.length >= 3);
    await severalReads();
    await next.close();
    await database.drop();
    const recipients = smtp.taken.flatMap(({ to }) => to);
    expect(recipients.toSorted()).toEqual(["ada@example.com", "grace@example.com", "joan@example.com"]);
  }, 60_000);

  it("F3 a server that stops does not wait for a mail server that hangs", async () => {
    const database = await createTestDatabase();
    const stopping = await startMailServer(database.url);
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
    const second = await startMailServer(server.database.url);
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
