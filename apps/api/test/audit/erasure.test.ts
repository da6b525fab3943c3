// The operator's program erases a user: no row of the database contains their personal data any more, and every audit log still
// verifies.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  call,
  foundWorkspace,
  password,
  runOperator,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { joined, keyOf, newcomer, newTeam, putIn, recordOf, type Team } from "../members/team.ts";
import { memberLine, send, start } from "../workspace-data/lines.ts";
import { verifyAll } from "./long-log.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const operator = (...args: string[]) =>
  runOperator(args, {
    DATABASE_URL: server.database.url,
    PROJO_OPERATOR_DATABASE_URL: server.database.operatorUrl,
    PROJO_DATA_DIR: server.dataDir,
  });

/** The tables that hold the text anywhere. */
async function tablesContaining(text: string): Promise<string[]> {
  const tables = await server.database.owner<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await server.database.owner(`SELECT FROM "${name}" AS r WHERE strpos(r::text, $1) > 0`, [
      text,
    ]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

/** A user with personal data in every place where it can be. */
async function somebody(): Promise<{ person: Person; teams: Team[]; waiting: Team }> {
  const [one, two, waiting] = [
    await newTeam(server, "One"),
    await newTeam(server, "Two"),
    await newTeam(server, "Three"),
  ];
  const person = await newcomer(server);
  await server.database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [person.id]);
  const { data: invite } = await one.founder.call(
    "invites.create",
    { email: person.email, role: "admin" },
    one.id,
  );
  expect((await person.call("invites.accept", { token: invite.token })).status).toBe(200);
  await putIn(server, two, person, "member");
  await waiting.founder.call("invites.create", { email: person.email, role: "viewer" }, waiting.id);
  // The user invites, creates a key, causes audit entries, is refused, and signs in.
  await person.call(
    "invites.create",
    { email: `friend-of-${person.id}@example.org`, role: "viewer" },
    one.id,
  );
  await keyOf(person, one);
  const { data: project } = await person.call("projects.create", { name: "A project" }, one.id);
  await person.call("projects.delete", { id: project.id }, one.id);
  await person.call("members.remove", { userId: two.founder.id }, two.id);
  await call(server.url, "auth.signIn", {
    input: { email: person.email, password },
    headers: { "user-agent": `agent of ${person.id}` },
  });
  await importAbout(person, waiting);
  await call(server.url, "password.requestReset", { input: { email: person.email } });
  return { person, teams: [one, two], waiting };
}

/** Imports a workspace in which the person was a member, with an entry about them. */
async function importAbout({ id, email }: Person, { founder }: Team): Promise<void> {
  const importer = { person: founder, workspaceId: await foundWorkspace(founder, "Moved") };
  await start(importer);
  await send(importer, "members", [memberLine(email, id)]);
  const salt = "0".repeat(32);
  const personal = { email: { value: email, salt }, userAgent: { value: `agent of ${id}`, salt } };
  const text = JSON.stringify({ actorUserId: id });
  await send(importer, "history", [{ log: 1, line: 1, text, hash: "0".repeat(64), personal }]);
}

describe("operator person erase", () => {
  it("describes the erasure, and with --yes removes the address from every table while every log verifies", async () => {
    const { person, teams, waiting } = await somebody();
    const { email } = person;
    const before = await tablesContaining(email);
    expect(before).toEqual([
      "audit_logs",
      "imported_authors",
      "imported_records",
      "invites",
      "mail_outbox",
      "users",
    ]);
    expect(await tablesContaining(`agent of ${person.id}`)).toEqual([
      "account_events",
      "imported_records",
      "sessions",
    ]);
    const logs = await Promise.all([...teams, waiting].map((team) => recordOf(server, team)));

    const told = await operator("person", "erase", email);
    expect(told).toMatchObject({ code: 0, err: "" });
    for (const part of [
      "Nothing is changed yet",
      person.id,
      `"One" (${teams[0]?.id})`,
      `"Two" (${teams[1]?.id})`,
    ])
      expect(told.out).toContain(part);
    expect(await tablesContaining(email)).toEqual(before);
    expect((await person.call("auth.me")).status).toBe(200);

    const done = await operator("person", "erase", email.toUpperCase(), "--yes");
    expect(done).toMatchObject({ code: 0, err: "", out: expect.stringContaining("is erased") });
    expect(await tablesContaining(email)).toEqual([]);
    expect(await tablesContaining(`agent of ${person.id}`)).toEqual([]);
    const rest = await server.database.owner(
      `SELECT (SELECT count(*)::int FROM sessions WHERE user_id = $1) AS sessions,
              (SELECT count(*)::int FROM workspace_members WHERE user_id = $1) AS memberships,
              (SELECT count(*)::int FROM account_events WHERE user_id = $1 AND coalesce(ip, user_agent) IS NOT NULL) AS traces,
              (SELECT count(*)::int FROM audit_logs WHERE actor_user_id = $1 AND personal_json ?| '{ip,userAgent}') AS entries,
              (SELECT array_agg(action) FROM account_events WHERE user_id = $1 AND action = 'account.erased') AS event`,
      [person.id],
    );
    expect(rest).toEqual([{ sessions: 0, memberships: 0, traces: 0, entries: 0, event: ["account.erased"] }]);

    // The user cannot sign in, and the pending invite has ended.
    expect((await person.call("auth.me")).status).toBe(401);
    const refused = await call(server.url, "auth.signIn", { input: { email, password } });
    expect(refused.error?.reason).toBe("auth.invalid_credentials");
    expect((await waiting.founder.call("invites.list", {}, waiting.id)).data.items).toMatchObject([
      { email: `erased-${person.id}@erased.invalid`, status: "revoked" },
    ]);

    // Each log continues, records the erasure, and verifies.
    for (const [place, team] of [...teams, waiting].entries()) {
      const record = await recordOf(server, team);
      const earlier = logs[place] ?? [];
      expect(record.slice(0, earlier.length)).toEqual(earlier);
      const since = record.slice(earlier.length).map(({ actor, action, target }) => [actor, action, target]);
      const left = [null, "member.removed", `member ${person.id}`];
      const erased = [null, "person.erased", `user ${person.id}`];
      expect(since).toEqual(team === waiting ? [erased] : [left, erased]);
      expect((await verifyAll(team)).at(-1)).toMatchObject({ intact: true });
    }
    // The address can create a new account.
    const again = await operator("person", "erase", email, "--yes");
    expect(again).toMatchObject({ code: 1, out: "", err: expect.stringContaining("There is no account") });
    expect((await call(server.url, "auth.signUp", { input: { email, password } })).status).toBe(200);
  });

  it("refuses while the user is the only admin of a workspace, and names each such workspace", async () => {
    const [alone, shared] = [await newTeam(server, "Alone\u2028"), await newTeam(server, "Shared")];
    const person = alone.founder;
    await joined(server, alone, "member");
    await putIn(server, shared, person, "admin");
    // A deleted workspace needs no admin.
    const { data: gone } = await person.call("workspaces.create", { name: "Gone" });
    const goneId = String(gone.id);
    await person.call("workspaces.delete", { name: "Gone" }, goneId);
    for (const yes of [[], ["--yes"]]) {
      const { code, out, err } = await operator("person", "erase", person.email, ...yes);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain(`(${alone.id})`);
      expect(err).not.toMatch(new RegExp(`${shared.id}|${goneId}`));
    }
    expect((await person.call("auth.me")).status).toBe(200);
    expect(await tablesContaining(person.email)).toContain("users");

    await joined(server, alone, "admin");
    expect(await operator("person", "erase", person.email, "--yes")).toMatchObject({ code: 0, err: "" });
    expect(await tablesContaining(person.email)).toEqual([]);
  });

  it("rejects an unknown argument and changes nothing", async () => {
    const person = await newcomer(server);
    for (const args of [
      ["person", "erase"],
      ["person", "erase", person.email, "extra", "--yes"],
      ["person", "erase", person.email, "--all-dead"],
      ["person", "erase", person.email, "--no"],
      ["mail", "list", "--yes"],
    ]) {
      expect(await operator(...args)).toMatchObject({ code: 2, out: "" });
    }
    expect((await operator("person", "erase", "nobody@example.com", "--yes")).code).toBe(1);
    expect((await person.call("auth.me")).status).toBe(200);
  });
});
