/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the promises it serves */
// An admin lists the audit log: newest first, with filters, page by page.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestServer, type TestServer } from "../kit/index.ts";
import { joined, keyOf, newTeam, type Team } from "../members/team.ts";
import { plantEntries } from "./long-log.ts";

interface Entry {
  readonly seq: number;
  readonly action: string;
  readonly createdAt: string;
  readonly email: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly actor: { readonly userId: string | null };
  readonly target: { readonly type: string; readonly id: string };
}

let server: TestServer;
let team: Team;
let other: Team;
let everything: Entry[];
let guestId: string;
beforeAll(async () => {
  server = await startTestServer();
  [team, other] = [await newTeam(server), await newTeam(server)];
  const second = await joined(server, team, "admin");
  await plantEntries(server, team, 60);
  const { data: project } = await second.call("projects.create", { name: "A project" }, team.id);
  await second.call("projects.delete", { id: project.id }, team.id);
  const { data: invite } = await second.call(
    "invites.create",
    { email: "guest@example.org", role: "viewer" },
    team.id,
  );
  guestId = String(invite.id);
  await second.call("invites.revoke", { id: guestId }, team.id);
  await team.founder.call("workspaces.rename", { name: "Mills" }, team.id);
  await plantEntries(server, team, 25);
  await plantEntries(server, other, 25);
  everything = await pages({ limit: 100 });
});
afterAll(() => server.close());

const list = (input: unknown, of = team) => of.founder.call("audit.list", input, of.id);

/** Reads a whole list, page by page. */
async function pages(input: { limit: number } & Record<string, unknown>): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let cursor: unknown; ;) {
    const { data, text } = await list({ ...input, cursor });
    if (!data) throw new Error(text);
    expect(data.items.length).toBeLessThanOrEqual(input.limit);
    found.push(...(data.items as Entry[]));
    cursor = data.nextCursor ?? undefined;
    if (cursor === undefined) return found;
  }
}

describe("audit.list", () => {
  it("returns every entry once, newest first, for every page size", async () => {
    const seqs = Array.from({ length: 90 }, (_, place) => 90 - place);
    expect(everything.map(({ seq }) => seq)).toEqual(seqs);
    for (const limit of [1, 7, 30, 89, 90]) expect(await pages({ limit })).toEqual(everything);
  });

  it("returns the entries that match each filter, and all filters together", async () => {
    const at = everything[40]?.createdAt ?? "";
    const second = everything.find(({ action }) => action === "project.deleted")?.actor.userId ?? "";
    const filters: [Record<string, string>, (entry: Entry) => boolean][] = [
      [{ action: "invite.created" }, ({ action }) => action === "invite.created"],
      [{ action: "member.left" }, () => false],
      [{ actorUserId: second }, ({ actor }) => actor.userId === second],
      [{ targetType: "invite" }, ({ target }) => target.type === "invite"],
      [{ targetId: guestId }, ({ target }) => target.id === guestId],
      [{ from: at }, ({ createdAt }) => createdAt >= at],
      [{ to: at }, ({ createdAt }) => createdAt < at],
      [{ from: "2999-01-01T00:00:00Z" }, () => false],
      [{ to: "2999-01-01T00:00:00Z" }, () => true],
      [{ to: "2000-01-01T00:00:00Z" }, () => false],
      [
        {
          action: "invite.revoked",
          actorUserId: second,
          targetType: "invite",
          targetId: guestId,
          from: everything[89]?.createdAt ?? "",
          to: "2999-01-01T00:00:00Z",
        },
        ({ action }) => action === "invite.revoked",
      ],
    ];
    for (const [filter, holds] of filters) {
      const expected = everything.filter((entry) => holds(entry));
      for (const limit of [3, 100])
        expect(await pages({ limit, ...filter }), JSON.stringify(filter)).toEqual(expected);
    }
    // Every filter matches some entries and excludes others.
    expect(filters.map(([, holds]) => everything.filter((entry) => holds(entry)).length)).toEqual([
      1,
      0,
      3,
      2,
      2,
      expect.any(Number),
      expect.any(Number),
      0,
      90,
      0,
      1,
    ]);
  });

  it("I10 accepts a cursor only for its workspace and its filters", async () => {
    const { data } = await list({ limit: 2, targetType: "task" });
    const cursor = String(data.nextCursor);
    expect((await list({ limit: 5, targetType: "task", cursor })).status).toBe(200);
    const flipped = `${cursor.slice(0, 3)}${cursor[3] === "A" ? "B" : "A"}${cursor.slice(4)}`;
    const refused = [
      await list({ limit: 2, cursor }),
      await list({ limit: 2, targetType: "invite", cursor }),
      await list({ limit: 2, targetType: "task", action: "task.deleted", cursor }),
      await list({ limit: 2, targetType: "task", cursor: flipped }),
      await list({ limit: 2, targetType: "task", cursor }, other),
    ];
    expect(refused.map(({ error }) => error?.reason)).toEqual(refused.map(() => "cursor.invalid"));
  });

  it("returns who acted by email address or name of the key, on request", async () => {
    const looms = await newTeam(server);
    const second = await joined(server, looms, "admin");
    const worker = await keyOf(looms.founder, looms, ["project:write", "project:delete"], "admin");
    for (const { token } of [second, worker]) {
      const made = await call(server.url, "projects.create", {
        input: { name: "Mill" },
        token,
        workspaceId: looms.id,
      });
      await call(server.url, "projects.delete", {
        input: { id: made.data.id },
        token,
        workspaceId: looms.id,
      });
    }
    const namesBy = async (token: string) => {
      const input = { action: "project.deleted", include: ["actorName"] };
      const { data } = await call(server.url, "audit.list", { input, token, workspaceId: looms.id });
      return (data.items as { actorName: string | null }[]).map(({ actorName }) => actorName);
    };
    expect(await namesBy(looms.founder.token)).toEqual(["A service", second.email]);
    const byWorker = (await list({ actorKeyId: worker.id }, looms)).data.items as Entry[];
    expect(byWorker.map(({ action, actor }) => [action, actor])).toEqual([
      ["project.deleted", { kind: "key", userId: null, keyId: worker.id }],
    ]);
    expect((await list({ actorKeyId: worker.id, actorUserId: second.id }, looms)).data.items).toEqual([]);
    const reader = await keyOf(looms.founder, looms, ["audit:read"], "admin");
    expect(await namesBy(reader.token)).toEqual([null, null]);
    const manager = await keyOf(looms.founder, looms, ["audit:read", "member:read", "key:manage"], "admin");
    expect(await namesBy(manager.token)).toEqual(["A service", second.email]);
    await looms.founder.call("members.remove", { userId: second.id }, looms.id);
    expect(await namesBy(looms.founder.token)).toEqual(["A service", null]);
    for (const entry of (await list({}, looms)).data.items as object[])
      expect(entry).not.toHaveProperty("actorName");
  });

  it("shows the email, IP address and user agent of an entry until the user is erased", async () => {
    const invited = async () => (await list({ action: "invite.created" })).data.items[0] as Entry;
    const before = await invited();
    expect(before).toMatchObject({ email: "guest@example.org", ip: "127.0.0.1", userAgent: "node" });
    await server.database.operatorDb.erasePerson(before.actor.userId ?? "");
    expect(await invited()).toEqual({ ...before, ip: null, userAgent: null });
  });
});
