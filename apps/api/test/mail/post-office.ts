// A server whose mail goes to an SMTP server of the test, and the outbox behind it. A mail's waits are by the
// database's clock, so tests move what the database waits for.
import { randomBytes } from "node:crypto";
import type { TestDatabase } from "@projostack/db/testing";
import { afterEach, beforeEach } from "vitest";
import {
  call,
  eventually,
  password,
  runOperator,
  startSmtpServer,
  startTestServer,
  type SmtpServer,
  type TestServer,
} from "../kit/index.ts";

export let smtp: SmtpServer;
export let server: TestServer;

/** Opens both anew for every test of the file that calls this. */
export function openPostOffice(): void {
  beforeEach(async () => {
    smtp = await startSmtpServer();
    server = await startMailServer();
  });
  afterEach(async () => {
    await server.close();
    await smtp.close();
  });
}

/** Mail goes to the test's SMTP server. */
export const settings = () => ({
  PROJO_SMTP_URL: smtp.url,
  PROJO_MAIL_FROM: '"Engines, Ltd." <mail@example.com>',
  PROJO_APP_URL: "https://app.example.com",
});

/** Starts a server that sends to the test's SMTP server and reads its outbox every 0.1 s. */
export const startMailServer = (databaseUrl?: string): Promise<TestServer> =>
  startTestServer(
    { ...settings(), ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) },
    { shortPauses: true },
  );

/** Waits long enough for a server to read its outbox several times. */
export const severalReads = () => new Promise((passed) => setTimeout(passed, 600));

export interface OutboxRow {
  id: string;
  recipient: string;
  status: string;
  attempts: number;
  last_error: string | null;
  waits: number;
}

export const outbox = () =>
  server.database.owner<OutboxRow>(
    `SELECT id, recipient, status, attempts, last_error,
            extract(epoch FROM next_attempt_at - now())::double precision AS waits FROM mail_outbox ORDER BY id`,
  );

/** Waits until the only mail is so. */
export const mailThat = (holds: (mail: OutboxRow) => boolean) =>
  eventually(async () => {
    const [mail] = await outbox();
    return mail && holds(mail) && mail;
  });

/** Lets what a mail waits for have passed. */
export const passTime = () => server.database.owner("UPDATE mail_outbox SET next_attempt_at = now()");

export const signUp = (name: string) =>
  call(server.url, "auth.signUp", { input: { email: `${name}@example.com`, password } });

/** Puts accounts and their mails into the outbox at once, as so many sign-ups would. */
export async function enqueue(
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

export const operator = (...args: string[]) =>
  runOperator(args, {
    DATABASE_URL: server.database.url,
    PROJO_OPERATOR_DATABASE_URL: server.database.operatorUrl,
  });
