// Only the owner of a session sees its id. The audit log of a workspace, which its admins read, contains a pseudonym of it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { joined, newTeam, putIn, type Team } from "../members/team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Causes two audit entries: one of a successful call and one of a denied call. */
async function leaveEntries(person: Person, { id }: Team): Promise<void> {
  const { data } = await person.call("projects.create", { name: "A project" }, id);
  await person.call("projects.delete", { id: data.id }, id);
  await person.call("audit.list", {}, id);
}

/** Returns the session ids in the log's entries about the user. */
async function sessionsOf(person: Person, { founder, id }: Team): Promise<string[]> {
  const { data } = await founder.call("audit.list", { limit: 100, actorUserId: person.id }, id);
  return (data.items as { sessionId: string }[]).map(({ sessionId }) => sessionId);
}

async function everythingAnAdminSees({ founder, id }: Team): Promise<string> {
  const seen = [await founder.call("audit.list", { limit: 100 }, id)];
  for (const format of ["ndjson", "csv"]) seen.push(await founder.call("audit.export", { format }, id));
  for (const name of ["members.list", "invites.list", "serviceKeys.list", "audit.verify"])
    seen.push(await founder.call(name, {}, id));
  return seen.map(({ text }) => text).join("\n");
}

describe("session ids in the audit log", () => {
  it("I14 appear as the same pseudonym in all entries of a session, successful and denied", async () => {
    const team = await newTeam(server);
    const member = await joined(server, team, "member");
    await leaveEntries(member, team);
    await leaveEntries(member, team);
    await leaveEntries(await again(server, member), team);
    const sessions = await sessionsOf(member, team);
    expect(sessions.length).toBeGreaterThanOrEqual(3);
    expect(new Set(sessions).size).toBe(2);
    for (const session of sessions)
      expect(session).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it("I14 appear as another pseudonym in another workspace", async () => {
    const [team, other] = [await newTeam(server), await newTeam(server)];
    const member = await joined(server, team, "member");
    await putIn(server, other, member, "member");
    for (const place of [team, other]) await leaveEntries(member, place);
    const [here, there] = [await sessionsOf(member, team), await sessionsOf(member, other)];
    expect(here.length).toBeGreaterThan(0);
    expect(there.length).toBeGreaterThan(0);
    expect(here.filter((session) => there.includes(session))).toEqual([]);
  });

  it("I14 no answer shows an admin the session id of another user, although its owner sees it", async () => {
    const team = await newTeam(server);
    const member = await joined(server, team, "member");
    await leaveEntries(member, team);
    expect(await everythingAnAdminSees(team)).not.toContain(member.sessionId);
    expect((await member.call("sessions.list", {})).text).toContain(member.sessionId);
    expect((await member.call("auth.me")).text).toContain(member.sessionId);
  });

  it("appear as pseudonyms in the entries of creating, leaving, deleting and restoring a workspace", async () => {
    const team = await newTeam(server);
    const { founder, id, name } = team;
    const member = await joined(server, team, "member");
    await member.call("workspaces.leave", { workspaceId: id });
    await founder.call("workspaces.delete", { name }, id);
    await founder.call("workspaces.restore", { workspaceId: id });
    const kept = await server.database.owner<{ action: string; session: string }>(
      "SELECT action, session_id::text AS session FROM audit_logs WHERE workspace_id = $1",
      [id],
    );
    expect(kept.map(({ action }) => action).toSorted()).toEqual([
      "member.left",
      "workspace.created",
      "workspace.deleted",
      "workspace.restored",
    ]);
    for (const { session } of kept) expect([founder.sessionId, member.sessionId]).not.toContain(session);
  });
});
