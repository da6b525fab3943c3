// The two lists of invites: those of a workspace and those of a user.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  arriveUnverified,
  foundWorkspace,
  idsOf,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { guest, invite } from "./guests.ts";

let server: TestServer;
let ada: Person;
let engines: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await guest(server, "ada");
});
beforeEach(async () => {
  engines = await foundWorkspace(ada);
});
afterAll(() => server.close());

const create = (email: string) => ada.call("invites.create", { email }, engines);

/** Makes an invite older by `hours`. */
const ageInvite = (id: string, hours: number) =>
  server.database.owner(
    "UPDATE invites SET expires_at = expires_at - make_interval(hours => $2), created_at = created_at - make_interval(hours => $2) WHERE id = $1",
    [id, hours],
  );

describe("The list of a workspace's invites", () => {
  it("comes in pages, newest first, with a filter by status", async () => {
    const made = [];
    for (const n of [1, 2, 3, 4, 5, 6, 7])
      made.push((await create(`page${n}@example.com`)).data.id as string);
    const [expired, revoked] = made as [string, string];
    await ageInvite(expired, 73);
    await ada.call("invites.revoke", { id: revoked }, engines);
    const person = await guest(server, `page-${engines}`);
    const { id: accepted, token } = await invite(server, ada, { workspaceId: engines, email: person.email });
    await person.call("invites.accept", { token });
    const pending = made.slice(2).toReversed();
    const list = async (input: object) => ada.call("invites.list", input, engines);
    expect(idsOf(await list({}))).toEqual([accepted, ...pending, revoked, expired]);
    expect(idsOf(await list({ status: "expired" }))).toEqual([expired]);
    expect(idsOf(await list({ status: "revoked" }))).toEqual([revoked]);
    expect(idsOf(await list({ status: "accepted" }))).toEqual([accepted]);

    const pages: string[][] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await list({ status: "pending", limit: 2, ...(cursor && { cursor }) });
      pages.push(idsOf(page));
      cursor = page.data.nextCursor as string | null;
    }
    expect(pages).toEqual([pending.slice(0, 2), pending.slice(2, 4), pending.slice(4)]);
    expect((await list({ status: "lost" })).status).toBe(400);
  });

  it("I10 accepts a cursor only for the same workspace, operation, filter and user", async () => {
    const eve = await guest(server, `eve-${engines}`);
    const looms = await foundWorkspace(ada, "Looms");
    for (const workspaceId of [engines, looms]) {
      await ada.call("invites.create", { email: "x@example.com" }, workspaceId);
      await ada.call("invites.create", { email: eve.email }, workspaceId);
    }
    const { nextCursor: cursor } = (await ada.call("invites.list", { limit: 1 }, engines)).data as {
      nextCursor: string;
    };
    const own = (await eve.call("invites.listMine", { limit: 1 })).data as { nextCursor: string };
    expect([cursor, own.nextCursor]).not.toContain(null);
    const wrong = [
      await ada.call("invites.list", { limit: 1, cursor }, looms),
      await ada.call("invites.list", { limit: 1, cursor, status: "pending" }, engines),
      await ada.call("members.list", { limit: 1, cursor }, engines),
      await ada.call("invites.listMine", { limit: 1, cursor }),
      await ada.call("invites.listMine", { limit: 1, cursor: own.nextCursor }),
      await ada.call("invites.list", { limit: 1, cursor: own.nextCursor }, engines),
      await ada.call("invites.list", { limit: 1, cursor: `${cursor}A` }, engines),
    ];
    for (const answer of wrong) {
      expect(answer).toMatchObject({ status: 400, error: { reason: "cursor.invalid" } });
    }
    expect((await ada.call("invites.list", { limit: 1, cursor }, engines)).status).toBe(200);
    expect((await eve.call("invites.listMine", { limit: 1, cursor: own.nextCursor })).status).toBe(200);
  });

  it("contains no token", async () => {
    const { token, mailed } = await invite(server, ada, { workspaceId: engines, email: "f@example.com" });
    const { text } = await ada.call("invites.list", {}, engines);
    expect(text).toContain("f@example.com");
    for (const one of [token, mailed]) expect(text).not.toContain(one.slice(4));
    expect(text).not.toMatch(/hash|salt/i);
  });
});

describe("The list of a user's own invites", () => {
  it("contains the pending invites for the user's address, newest first, in pages", async () => {
    const joan = await guest(server, `joan-${engines}`);
    const made: string[] = [];
    for (const name of ["One", "Two", "Three"]) {
      const workspaceId = await foundWorkspace(ada, name);
      made.unshift((await invite(server, ada, { workspaceId, email: joan.email, role: "viewer" })).id);
    }
    await create("somebody-else@example.com");
    const all = await joan.call("invites.listMine");
    expect(idsOf(all)).toEqual(made);
    expect(all.data.items[0]).toEqual({
      id: made[0],
      workspaceId: expect.any(String),
      workspaceName: "Three",
      role: "viewer",
      inviterEmail: ada.email,
      expiresAt: expect.any(String),
      createdAt: expect.any(String),
    });
    const first = await joan.call("invites.listMine", { limit: 2 });
    expect(idsOf(first)).toEqual(made.slice(0, 2));
    const rest = await joan.call("invites.listMine", { limit: 2, cursor: first.data.nextCursor });
    expect(idsOf(rest)).toEqual(made.slice(2));
    expect(rest.data.nextCursor).toBeNull();
  });

  it("V3 contains nothing for an unverified address", async () => {
    const mary = await arriveUnverified(server, `mary-${engines}`);
    const { id } = await invite(server, ada, { workspaceId: engines, email: mary.email });
    expect((await mary.call("invites.listMine")).data).toEqual({ items: [], nextCursor: null });
    await server.database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [mary.id]);
    expect(idsOf(await mary.call("invites.listMine"))).toEqual([id]);
  });

  it("excludes ended invites, and those of a deleted workspace until it is restored", async () => {
    const joan = await guest(server, `joan2-${engines}`);
    const own = async () => idsOf(await joan.call("invites.listMine"));
    const { id } = await invite(server, ada, { workspaceId: engines, email: joan.email });
    const looms = await foundWorkspace(ada, "Looms");
    const other = await invite(server, ada, { workspaceId: looms, email: joan.email });
    expect(await own()).toEqual([other.id, id]);
    await ada.call("workspaces.delete", { name: "Looms" }, looms);
    expect(await own()).toEqual([id]);
    await ada.call("invites.revoke", { id }, engines);
    expect(await own()).toEqual([]);
    expect((await ada.call("workspaces.restore", { workspaceId: looms })).status).toBe(200);
    expect(await own()).toEqual([other.id]);
    await joan.call("invites.accept", { token: other.mailed });
    expect(await own()).toEqual([]);
  });
});
