// The operator's program settles a database that was restored to an earlier time. The test puts rows of an earlier time back, as a
// restore does.
import { afterAll, beforeAll, expect, it } from "vitest";
import { erasePerson } from "../../src/operator/erase-person.ts";
import { listMails } from "../../src/operator/mails.ts";
import { settleRestore } from "../../src/operator/settle-restore.ts";
import { signOutPerson } from "../../src/operator/sign-out-person.ts";
import { call, mailFor, password, runOperator, startTestServer, type TestServer } from "../kit/index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const operatorDb = () => server.database.operatorDb;
const operator = (...args: string[]) =>
  runOperator(args, {
    DATABASE_URL: server.database.url,
    PROJO_OPERATOR_DATABASE_URL: server.database.operatorUrl,
    PROJO_DATA_DIR: server.dataDir,
  });

const rowsOf = (table: string) =>
  server.database.owner<{ row: object }>(`SELECT to_jsonb(t) AS row FROM ${table} AS t`);

async function putBack(table: string, rows: readonly { row: object }[]): Promise<void> {
  await server.database.owner(`DELETE FROM ${table}`);
  for (const { row } of rows) {
    await server.database.owner(
      `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`,
      [row],
    );
  }
}

it("ends the sessions, links and mails that a restore to an earlier time brought back", async () => {
  const email = "ada@example.com";
  const { data } = await call(server.url, "auth.signUp", { input: { email, password } });
  const token = String(data.accessToken);
  const { token: link } = await mailFor(server, email);
  const tables = ["sessions", "one_time_tokens"];
  const earlier = await Promise.all(tables.map(rowsOf));

  expect((await call(server.url, "email.verify", { input: { token: link } })).status).toBe(200);
  expect((await call(server.url, "auth.signOut", { token, input: {} })).status).toBe(200);
  expect((await call(server.url, "auth.me", { token })).status).toBe(401);

  for (const [at, table] of tables.entries()) await putBack(table, earlier[at] ?? []);
  await server.database.owner(`
    INSERT INTO mail_outbox (id, template, recipient, facts, next_attempt_at)
    VALUES (gen_random_uuid(), 'member.removed', '${email}', '{}', now() + interval '1 hour')`);
  await server.database.owner(`
    INSERT INTO sessions (id, user_id, salt, expires_at, absolute_expires_at)
    SELECT gen_random_uuid(), id, sha256('salt'), now() + interval '1 day', now() + interval '1 day'
      FROM users, generate_series(1, 5001)`);
  // The session that the user ended is valid again.
  expect((await call(server.url, "auth.me", { token })).status).toBe(200);

  const plan = await settleRestore(operatorDb(), { confirmed: false });
  expect(plan).toEqual({ isSettled: false, sessions: 5002, links: 1, mails: 1 });
  const { out } = await operator("after-restore");
  expect(out).toMatch(/^Nothing is changed yet\./);
  for (const part of ["5002 sessions end", "1 mailed link", "1 mail that waits"]) expect(out).toContain(part);
  expect((await call(server.url, "auth.me", { token })).status).toBe(200);

  expect(await operator("after-restore", "--yes")).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringContaining("Ended 5002 sessions, deleted 1 mailed link and held 1 mail."),
  });
  expect((await call(server.url, "auth.me", { token })).status).toBe(401);
  expect((await call(server.url, "email.verify", { input: { token: link } })).status).toBe(401);
  expect(await listMails(operatorDb(), "dead")).toMatchObject([
    {
      template: "member.removed",
      recipient: "ada@example.com",
      attempts: 0,
      lastError: "held after a restore",
    },
  ]);
  const ended = await server.database.owner(
    "SELECT user_id FROM account_events WHERE action = 'sessions.ended'",
  );
  expect(ended.length).toBeGreaterThan(0);
  expect((await call(server.url, "auth.signIn", { input: { email, password } })).status).toBe(200);
  // A second run finds only what began since.
  expect(await settleRestore(operatorDb(), { confirmed: true })).toEqual({
    isSettled: true,
    sessions: 1,
    links: 0,
    mails: 0,
  });
});

it("rejects further arguments of after-restore", async () => {
  expect(await operator("after-restore", "now")).toMatchObject({ code: 2 });
});

it("erases and signs out an account by its id", async () => {
  const email = "bo@example.com";
  const { data } = await call(server.url, "auth.signUp", { input: { email, password } });
  const { id } = data.user as { id: string };
  const db = operatorDb();
  expect(await signOutPerson(db, id)).toBe(1);
  expect(await erasePerson(db, { email: id, confirmed: true })).toMatchObject({ userId: id, isErased: true });
  // An erased account can be erased again, as after a restore that did not bring it back.
  expect(await erasePerson(db, { email: id, confirmed: true })).toMatchObject({ userId: id, isErased: true });
  const unknown = "0195a2c4-7d1e-7c3a-9d5e-000000000001";
  await expect(erasePerson(db, { email: unknown, confirmed: true })).rejects.toThrow(
    `There is no account with the id ${unknown}.`,
  );
});
