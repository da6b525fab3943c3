// Mutants of the outbox: a mail is neither lost nor sent for a change that was rolled back.
import { randomUUID } from "node:crypto";
import { createTestDatabase } from "@projostack/db/testing";
import { call, eventually, password } from "../../../kit/index.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const noMailServer = {
  PROJO_SMTP_URL: "smtp://127.0.0.1:1",
  PROJO_MAIL_FROM: "mail@example.com",
  PROJO_APP_URL: "https://app.example.com",
};

const losesMail: Attack = {
  title: "a mail that no mail server accepted counts as sent",
  tryOn: async ({ startAnother }) => {
    // Another server of the same database would deliver the mail.
    const database = await createTestDatabase();
    const server = await startAnother({ ...noMailServer, DATABASE_URL: database.url });
    try {
      const input = { email: `${randomUUID()}@example.com`, password };
      await call(server.url, "auth.signUp", { input });
      const mail = await eventually(async () => {
        const [row] = await database.owner<{ status: string; isTried: boolean }>(
          `SELECT status, last_error IS NOT NULL OR status = 'sent' AS "isTried" FROM mail_outbox`,
        );
        return row?.isTried ? row : undefined;
      });
      return mail.status === "sent";
    } finally {
      await server.close();
      await database.drop();
    }
  },
};

const mailsRolledBack: Attack = {
  title: "a mail is queued for a sign-up that was rolled back",
  tryOn: async (server) => {
    const { owner } = server.database;
    const email = `rolled-back-${randomUUID()}@example.com`;
    // A deferred constraint is checked at the COMMIT, when all statements have succeeded.
    await owner(`
      CREATE FUNCTION roll_back() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused at the COMMIT'; END $$;
      CREATE CONSTRAINT TRIGGER roll_back AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.email LIKE 'rolled-back-%') EXECUTE FUNCTION roll_back()`);
    try {
      const { status } = await call(server.url, "auth.signUp", { input: { email, password } });
      if (status === 200) throw new Error("The sign-up was not rolled back.");
      return (await owner("SELECT FROM mail_outbox WHERE recipient = $1", [email])).length > 0;
    } finally {
      await owner("DROP TRIGGER roll_back ON users; DROP FUNCTION roll_back()");
    }
  },
};

export const mailOutbox: readonly Mutant[] = [
  {
    removed: [
      guard("a mail that was not accepted stays in the outbox", "apps/api/src/jobs/mail-worker.ts", [
        "() => store.markFailed(claimed, failure)",
        "() => store.markSent(claimed.id).then(() => null)",
      ]),
    ],
    succeeds: [losesMail],
  },
  {
    removed: [
      guard("(inserted mistake: a mail is queued before its change)", "packages/db/src/people/accounts.ts", [
        'await run("account_insert",',
        `await run(
          "mail_first",
          "INSERT INTO mail_outbox (id, template, recipient) VALUES (gen_random_uuid(), $1, $2)",
          [token.template, email],
        );
        await run("account_insert",`,
      ]),
    ],
    succeeds: [mailsRolledBack],
  },
];
