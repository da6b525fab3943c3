/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// The erasure of a user: it removes the user's personal values from every log, and every log stays intact.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { personEraser } from "../../src/people/erase-person.ts";
import { operatorRunner } from "../../src/scope/run-statement.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asOwnerOf, entryOf, logOf, verdictOn } from "./audit-fixtures.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
let other: PlantedWorkspace;
let untouched: PlantedWorkspace;
const emailOf = (workspace: PlantedWorkspace) => `${workspace.userId}@example.com`;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  other = await plantWorkspace(database);
  untouched = await plantWorkspace(database);
  const record = (workspace: PlantedWorkspace, entries: Parameters<typeof entryOf>[0][]) =>
    database.db.write(workspace.grant("task:write"), (tables) =>
      tables.sql.audit.append(entries.map(entryOf)),
    );
  await record(home, [
    { actorUserId: home.userId },
    { actorUserId: home.userId, personal: { ip: "192.0.2.1", email: "guest@example.com" } },
    { actorUserId: other.userId, personal: { ip: "192.0.2.2", email: emailOf(home) } },
    { actorUserId: other.userId, personal: { email: emailOf(home) } },
    { actorUserId: home.userId, personal: {} },
  ]);
  await record(other, [{ actorUserId: home.userId }, { actorUserId: other.userId }]);
  await record(untouched, [{ actorUserId: untouched.userId }]);
  await database.owner(
    `INSERT INTO account_events (id, user_id, action, outcome, ip, user_agent)
     SELECT gen_random_uuid(), person, 'session.started', 'ok', '192.0.2.1', 'a browser'
       FROM unnest($1::uuid[]) AS person CROSS JOIN generate_series(1, 5)`,
    [[home.userId, other.userId]],
  );
  for (const { userId } of [home, other]) {
    await database.owner(
      `INSERT INTO sessions (id, user_id, salt, expires_at, absolute_expires_at)
       VALUES (gen_random_uuid(), $1, sha256('salt'), now() + interval '1 day', now() + interval '1 day')`,
      [userId],
    );
    await database.owner(
      `INSERT INTO one_time_tokens (id, user_id, purpose, salt, expires_at)
       VALUES (gen_random_uuid(), $1, 'password.reset', sha256('salt'), now() + interval '1 day')`,
      [userId],
    );
  }
});
afterAll(() => database.drop());

const logs = () =>
  asOwnerOf(database, async (owner) => ({
    home: await logOf(owner, home.id),
    other: await logOf(owner, other.id),
    untouched: await logOf(owner, untouched.id),
  }));
const namesOf = (rows: { personal: unknown }[]) =>
  rows.map(({ personal }) => (personal === null ? null : Object.keys(personal as object)));

it("erases a user's values from every log, records it in each, and leaves every chain intact", async () => {
  const before = await logs();
  expect(await database.operatorDb.erasePerson(home.userId)).toBe(5 + 5);
  const after = await logs();
  expect(namesOf(after.home)).toEqual([null, null, ["email"], ["ip"], null, null, null]);
  expect(namesOf(after.other)).toEqual([null, null, ["ip", "userAgent"], null]);
  // The hashed texts are unchanged. The chain only has new entries.
  const hashed = ({ text, hash }: { text: string; hash: string }) => ({ text, hash });
  expect(after.home.slice(0, -1).map(hashed)).toEqual(before.home.map(hashed));
  expect(after.untouched).toEqual(before.untouched);
  for (const [rows, entries] of [
    [after.home, 4],
    [after.other, 1],
  ] as const) {
    expect(JSON.parse(rows.at(-1)?.text ?? "")).toMatchObject({
      action: "person.erased",
      actorKind: "system",
      targetType: "user",
      targetId: home.userId,
      outcome: "ok",
      meta: { entries },
      commitments: {},
    });
  }
  const [rest] = await database.owner(
    `SELECT count(*) FILTER (WHERE user_id = $1 AND coalesce(ip, user_agent) IS NOT NULL)::int AS theirs,
            count(*) FILTER (WHERE user_id = $2 AND ip IS NOT NULL AND user_agent IS NOT NULL)::int AS others
       FROM account_events`,
    [home.userId, other.userId],
  );
  expect(rest).toEqual({ theirs: 0, others: 5 });
  const everything = JSON.stringify(
    await database.owner("SELECT to_jsonb(a) || to_jsonb(h) FROM audit_logs a CROSS JOIN audit_heads h"),
  );
  expect(everything).toContain("guest@example.com");
  expect(everything).not.toContain(emailOf(home));
  await asOwnerOf(database, async (owner) => {
    for (const { id } of [home, other, untouched]) {
      expect(await verdictOn(owner, id)).toMatchObject({ intact: true });
    }
  });
  // A second erasure changes nothing and records nothing.
  expect(await database.operatorDb.erasePerson(home.userId)).toBe(0);
  expect(await logs()).toEqual(after);
  // The account is unchanged: only its values in the logs were erased.
  expect(await database.owner("SELECT email FROM users WHERE id = $1", [home.userId])).toEqual([
    { email: emailOf(home) },
  ]);
  expect(await database.owner("SELECT FROM sessions WHERE user_id = $1", [home.userId])).toHaveLength(1);
});

it("erases in several steps, and an anonymised account has no password, session or address", async () => {
  const inSteps = personEraser(operatorRunner(database.operatorPool), 2);
  const changed = await inSteps(other.userId, { anonymise: true });
  expect(changed).toBe(1 + 1 + 5);
  const user = (id: string) =>
    database.owner(
      `SELECT email, password_hash, email_verified_at, (SELECT count(*)::int FROM sessions WHERE user_id = u.id) AS sessions,
              (SELECT count(*)::int FROM one_time_tokens WHERE user_id = u.id) AS tokens
         FROM users AS u WHERE id = $1`,
      [id],
    );
  expect(await user(other.userId)).toEqual([
    {
      email: `erased-${other.userId}@erased.invalid`,
      password_hash: "!",
      email_verified_at: null,
      sessions: 0,
      tokens: 0,
    },
  ]);
  expect(await user(home.userId)).toMatchObject([{ sessions: 1, tokens: 1 }]);
  expect(await inSteps(other.userId, { anonymise: true })).toBe(0);
  await asOwnerOf(database, async (owner) => {
    for (const { id } of [home, other]) expect(await verdictOn(owner, id)).toMatchObject({ intact: true });
  });
});

it("succeeds for an unknown user and for two concurrent erasures of one user", async () => {
  expect(await database.operatorDb.erasePerson(randomUUID())).toBe(0);
  const both = await Promise.all([1, 2].map(() => database.operatorDb.erasePerson(untouched.userId)));
  expect(both.toSorted()).toEqual([0, 1]);
  await asOwnerOf(database, async (owner) => {
    expect(await verdictOn(owner, untouched.id)).toMatchObject({ intact: true, lastSeq: 3 });
  });
});
