// The members as other members see them: the list, a search, and a single member.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesOf, call, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { joined, keyOf, newcomer, newTeam, type Team } from "./team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Listed {
  items: { userId: string; email: string; role: string; joinedAt: string }[];
  nextCursor: string | null;
}
const list = async (by: Person, team: Team, input: object = {}): Promise<Listed> =>
  (await by.call("members.list", input, team.id)).data as Listed;
const idsOf = ({ items }: Listed) => items.map(({ userId }) => userId);

describe("The list of members", () => {
  it("shows all members with their roles to every member, newest first", async () => {
    const team = await newTeam(server);
    await joined(server, await newTeam(server), "admin");
    const viewer = await joined(server, team, "viewer");
    const member = await joined(server, team, "member");
    const seen = await list(viewer, team);
    expect(seen.items).toMatchObject([
      { userId: member.id, email: member.email, role: "member" },
      { userId: viewer.id, email: viewer.email, role: "viewer" },
      { userId: team.founder.id, email: team.founder.email, role: "admin" },
    ]);
    expect(await list(member, team)).toEqual(seen);
    expect(idsOf(await list(viewer, team, { role: "admin" }))).toEqual([team.founder.id]);
    expect(idsOf(await list(viewer, team, { role: "viewer" }))).toEqual([viewer.id]);
  });

  it("comes in pages that show every member exactly once", async () => {
    const team = await newTeam(server);
    const others: Person[] = [];
    for (let count = 0; count < 4; count += 1) others.unshift(await joined(server, team, "member"));
    const pages = [await list(team.founder, team, { limit: 2 })];
    for (let page = pages[0]; page?.nextCursor; page = pages.at(-1)) {
      pages.push(await list(team.founder, team, { limit: 2, cursor: page.nextCursor }));
    }
    expect(pages.map(({ items }) => items.length)).toEqual([2, 2, 1]);
    expect(pages.flatMap(idsOf)).toEqual([...others.map(({ id }) => id), team.founder.id]);
  });

  it("refuses a cursor of another workspace, and of another role", async () => {
    const [one, two] = [await newTeam(server), await newTeam(server)];
    for (const team of [one, two]) await joined(server, team, "admin");
    const { nextCursor: cursor } = await list(one.founder, one, { limit: 1 });
    expect((await one.founder.call("members.list", { limit: 1, cursor }, one.id)).status).toBe(200);
    const foreign = await two.founder.call("members.list", { limit: 1, cursor }, two.id);
    expect(foreign.error).toMatchObject({ reason: "cursor.invalid" });
    const filtered = await one.founder.call("members.list", { limit: 1, cursor, role: "admin" }, one.id);
    expect(filtered.error).toMatchObject({ reason: "cursor.invalid" });
  });
});

/** A team with members whose addresses have the given parts before the @. */
async function teamOf(...names: string[]) {
  const team = await newTeam(server);
  const suffix = team.id.slice(-12);
  for (const name of names) {
    await server.database.owner(
      `WITH person AS (
         INSERT INTO users (id, email, password_hash) VALUES (gen_random_uuid(), $2, 'none') RETURNING id
       ) INSERT INTO workspace_members (id, workspace_id, user_id, role) SELECT id, $1, id, 'viewer' FROM person`,
      [team.id, `${name}@${suffix}.example.com`],
    );
  }
  const find = async (search: string, more: object = {}, by = team.founder) =>
    (await list(by, team, { search, limit: 100, ...more })).items
      .map(({ email }) => email.replace(`@${suffix}.example.com`, ""))
      .toSorted();
  return { team, suffix, find };
}

describe("A search for members", () => {
  it("finds any part of an address, in capital and small letters and in full-width letters", async () => {
    const { find, suffix } = await teamOf("joan", "joan_50%", "ann.joan", "grace");
    expect(await find("joan")).toEqual(["ann.joan", "joan", "joan_50%"]);
    expect(await find(" JOAN ")).toEqual(["ann.joan", "joan", "joan_50%"]);
    expect(await find("ｊｏａｎ＿５０％")).toEqual(["joan_50%"]);
    expect(await find("joan@")).toEqual(["ann.joan", "joan"]);
    expect(await find(`e@${suffix}.EXAMPLE.com`)).toEqual(["grace"]);
    expect(await find("oan_5")).toEqual(["joan_50%"]);
    expect(await find("%")).toEqual(["joan_50%"]);
    for (const none of ["joan%", "j.an", "\\"]) expect(await find(none), none).toEqual([]);
  });

  it("comes in pages, also together with a role, and refuses a cursor of another search", async () => {
    const { team, find } = await teamOf("a-joan", "b-joan", "c-joan", "other");
    const admin = await joined(server, team, "admin");
    expect(await find("joan", { role: "admin" })).toEqual([]);
    expect(await find(admin.email, { role: "viewer" })).toEqual([]);
    expect(await list(team.founder, team, { search: admin.email, role: "admin" })).toMatchObject({
      items: [{ userId: admin.id }],
      nextCursor: null,
    });
    const first = await list(team.founder, team, { search: "joan", limit: 2 });
    const { nextCursor: cursor } = first;
    const second = await list(team.founder, team, { search: "joan", limit: 2, cursor });
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null]);
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(3);
    const other = await team.founder.call("members.list", { search: "joa", limit: 2, cursor }, team.id);
    expect(other.error?.reason).toBe("cursor.invalid");
  });

  it("refuses a text that is empty, invisible or too long", async () => {
    const { team, find } = await teamOf("joan");
    for (const search of ["", "   ", "\u200b", "x".repeat(201), 5, null]) {
      const answer = await team.founder.call("members.list", { search }, team.id);
      expect(answer, String(search)).toMatchObject({ status: 400, error: { reason: "input.invalid" } });
    }
    expect(await find("x".repeat(200))).toEqual([]);
  });

  it("finds no one of another workspace", async () => {
    const { find, suffix } = await teamOf("joan");
    const other = await teamOf("grace");
    expect(await find("grace")).toEqual([]);
    expect(await other.find(suffix)).toEqual([]);
  });

  // A role that sees no addresses must not find them by a search either. Today every role and every key with the scope sees them.
  it("a search is open only to callers who see the addresses in the list", async () => {
    const { team, suffix } = await teamOf("joan");
    const callers: readonly (readonly [string, Pick<Person, "token">, boolean])[] = [
      ["a viewer", await joined(server, team, "viewer"), true],
      ["a member", await joined(server, team, "member"), true],
      ["an admin", team.founder, true],
      ["a key with member:read", await keyOf(team.founder, team, ["member:read"], "viewer"), true],
      ["a key without it", await keyOf(team.founder, team, ["task:read"], "member"), false],
      ["a stranger", (await newTeam(server)).founder, false],
    ];
    for (const [who, { token }, sees] of callers) {
      const ask = (input: object) => call(server.url, "members.list", { token, workspaceId: team.id, input });
      const [all, found] = [await ask({}), await ask({ search: "joan" })];
      expect([all.status === 200, found.status === 200], who).toEqual([sees, sees]);
      expect(all.text.includes(`joan@${suffix}`), who).toBe(sees);
      expect(found.text.includes(`joan@${suffix}`), who).toBe(sees);
    }
  });
});

const get = (by: Person, { id }: Team, userId: string) => by.call("members.get", { userId }, id);

describe("A member", () => {
  it("a member is shown to every member as in the list", async () => {
    const team = await newTeam(server);
    const viewer = await joined(server, team, "viewer");
    const { items } = await list(viewer, team);
    expect(items).toHaveLength(2);
    for (const member of items) {
      for (const by of [viewer, team.founder]) {
        expect(await get(by, team, member.userId)).toMatchObject({ status: 200, data: member });
      }
    }
  });

  it("I1 a user who is unknown, left or belongs elsewhere is not found, with the same answer", async () => {
    const [team, other] = [await newTeam(server), await newTeam(server)];
    const [left, removed, invited] = [
      await joined(server, team, "member"),
      await joined(server, team, "member"),
      await newcomer(server),
    ];
    await left.call("workspaces.leave", { workspaceId: team.id });
    await team.founder.call("members.remove", { userId: removed.id }, team.id);
    await team.founder.call("invites.create", { email: invited.email }, team.id);
    const ask = (userId: string) =>
      call(server.url, "members.get", {
        input: { userId },
        token: team.founder.token,
        workspaceId: team.id,
        headers: { "x-request-id": "the-same" },
      });
    const absent = await ask("0190a6f0-0000-7000-8000-00000000abcd");
    expect(absent).toMatchObject({ status: 404, error: { reason: "member.not_found" } });
    for (const { id } of [other.founder, left, removed, invited]) {
      expect(bytesOf(await ask(id))).toBe(bytesOf(absent));
    }
    expect((await get(other.founder, other, other.founder.id)).status).toBe(200);
  });

  it("M2 can be read until the caller is removed", async () => {
    const team = await newTeam(server);
    const viewer = await joined(server, team, "viewer");
    expect((await get(viewer, team, team.founder.id)).status).toBe(200);
    await team.founder.call("members.remove", { userId: viewer.id }, team.id);
    const after = await get(viewer, team, team.founder.id);
    expect(after).toMatchObject({ status: 404, error: { reason: "workspace.not_found" } });
  });
});
