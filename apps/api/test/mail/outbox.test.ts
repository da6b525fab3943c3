// The outbox: several servers, a stopping server, and the clean-up.
import { createTestDatabase } from "@projostack/db/testing";
import { describe, expect, it } from "vitest";
import { eventually } from "../kit/index.ts";
import {
  enqueue,
  mailWhere,
  setUpMail,
  outbox,
  makeMailDue,
  server,
  severalReads,
  signUp,
  smtp,
  startMailServer,
} from "./mail-setup.ts";

setUpMail();

describe("The outbox of several servers", () => {
  it("F7 delivers each of 50 mails exactly once through two servers", async () => {
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
  });

  it("F7 gives each of 50 mails to exactly one of ten concurrent claims", async () => {
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

  it("F7 gives a claimed mail to the next server after the lease if the first one died", async () => {
    smtp.answers = (stage) => (stage === "message" ? "hang" : undefined);
    await signUp("ada");
    await eventually(() => smtp.commands.includes("DATA"));
    // The first server stands for a dead one: it waits for a reply that never comes.
    const [mail] = await outbox();
    expect(mail).toMatchObject({ status: "pending", attempts: 1 });
    expect(mail?.waits).toBeGreaterThan(60);
    smtp.answers = () => undefined;
    const second = await startMailServer(server.database.url);
    try {
      await severalReads();
      expect(smtp.taken).toEqual([]);
      await makeMailDue();
      await mailWhere(({ status }) => status === "sent");
      expect(smtp.taken).toHaveLength(1);
    } finally {
      await second.close();
    }
  });

  it("F7 marks a mail as dead if the server died at each of eight attempts", async () => {
    await enqueue(["ada@example.com"]);
    await mailWhere(({ status }) => status === "sent");
    await server.database.owner(
      "UPDATE mail_outbox SET status = 'pending', attempts = 8, next_attempt_at = now()",
    );
    const mail = await mailWhere(({ status }) => status !== "pending");
    expect(mail).toMatchObject({ status: "dead", last_error: "the server ended while sending" });
  });
});

/** Simulates an outage of the database: ends the server's connections and makes its statements fail. */
const startOutage = () =>
  server.database.owner(
    `ALTER TABLE mail_outbox RENAME TO mail_outbox_away;
     SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'projostack'`,
  );
const endOutage = () => server.database.owner("ALTER TABLE mail_outbox_away RENAME TO mail_outbox");

describe("An outage of the database", () => {
  it("F7 delays mail until the database answers again", async () => {
    await enqueue(["ada@example.com"]);
    await mailWhere(({ status }) => status === "sent");
    await startOutage();
    await eventually(() => server.logLines.some((line) => line.includes("the outbox could not be read")));
    await endOutage();
    await enqueue(["grace@example.com"]);
    await eventually(() => smtp.taken.length === 2);
    expect(smtp.taken.map(({ to }) => to)).toEqual([["ada@example.com"], ["grace@example.com"]]);
  });

  it("F7 between the delivery of a mail and its record causes no second delivery", async () => {
    smtp.answers = async (stage) => {
      if (stage === "message") await startOutage();
      return undefined;
    };
    await enqueue(["ada@example.com"]);
    await eventually(() => smtp.taken.length === 1);
    await severalReads();
    await endOutage();
    await mailWhere(({ status }) => status === "sent");
    expect(smtp.taken).toHaveLength(1);
  });
});

describe("The mail worker", () => {
  it("F3, F7 finishes the mails in delivery when the server stops, and no other server sends them again", async () => {
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
  });

  it("F3 abandons a mail server that hangs when the server stops", async () => {
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
  });

  it("deletes expired sessions, expired tokens, and mails sent more than 30 days ago", async () => {
    await signUp("ada");
    await mailWhere(({ status }) => status === "sent");
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
