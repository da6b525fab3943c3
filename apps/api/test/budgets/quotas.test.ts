// How many of each a workspace may have.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join as pathOf } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  join,
  startServerOver,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { inviteFor, verifyEmail } from "../mutants/attackers.ts";

const quotas = {
  PROJO_QUOTA_PROJECTS: "5",
  PROJO_QUOTA_TASKS: "10",
  PROJO_QUOTA_MEMBERS: "3",
  PROJO_QUOTA_INVITES: "4",
  PROJO_QUOTA_KEYS: "2",
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(quotas);
});
afterAll(() => server.close());

interface Place {
  readonly admin: Person;
  readonly id: string;
}

async function placeOf(): Promise<Place> {
  const admin = await arrive(server, randomUUID());
  return { admin, id: await foundWorkspace(admin) };
}

async function withProject(): Promise<Place & { projectId: string }> {
  const place = await placeOf();
  const { data } = await place.admin.call("projects.create", { name: "Looms" }, place.id);
  return { ...place, projectId: String(data.id) };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => n);

/** What became of each: its status, or the reason it failed for. */
const tallied = (answers: readonly Answer[]): Record<string, number> =>
  answers.reduce<Record<string, number>>((tally, { status, error }) => {
    const became = error?.reason ?? String(status);
    return { ...tally, [became]: (tally[became] ?? 0) + 1 };
  }, {});

async function countIn(table: string, workspaceId: string): Promise<number> {
  const [row] = await server.database.owner<{ many: number }>(
    `SELECT count(*)::int AS many FROM ${table} WHERE workspace_id = $1`,
    [workspaceId],
  );
  return row?.many ?? Number.NaN;
}

describe("the quota of projects", () => {
  it("R11 is not exceeded by 20 calls at once, and one that was deleted makes room", async () => {
    const { admin, id } = await placeOf();
    const create = () => admin.call("projects.create", { name: "Looms" }, id);
    const answers = await Promise.all(many(20).map(create));
    expect(tallied(answers)).toEqual({ 200: 5, "project.too_many": 15 });
    expect(await countIn("projects", id)).toBe(5);
    const made = answers.find(({ status }) => status === 200);
    await admin.call("projects.delete", { id: String(made?.data.id) }, id);
    expect(tallied([await create(), await create()])).toEqual({ 200: 1, "project.too_many": 1 });
  });

  it("R11 is each workspace's own", async () => {
    const [one, other] = [await placeOf(), await placeOf()];
    for (const _ of many(5)) await one.admin.call("projects.create", { name: "Looms" }, one.id);
    expect(await other.admin.call("projects.create", { name: "Looms" }, other.id)).toMatchObject({
      status: 200,
    });
  });
});

describe("the quota of tasks", () => {
  it("R11 is not exceeded by 30 calls at once", async () => {
    const { admin, id, projectId } = await withProject();
    const create = () => admin.call("tasks.create", { projectId, title: "Note" }, id);
    expect(tallied(await Promise.all(many(30).map(create)))).toEqual({ 200: 10, "task.too_many": 20 });
    expect(await countIn("tasks", id)).toBe(10);
  });

  it("R11 is not exceeded by several calls at once that make several, and what exists already takes no room", async () => {
    const { admin, id, projectId } = await withProject();
    const createMany = (first: number) => {
      const items = many(3).map((n) => ({ projectId, title: "Note", externalId: `${first + n}` }));
      return admin.call("tasks.createMany", { items }, id);
    };
    const answers = await Promise.all([0, 3, 6, 9, 12, 15].map(createMany));
    expect(tallied(answers)).toEqual({ 200: 3, "task.too_many": 3 });
    expect(await countIn("tasks", id)).toBe(9);
    const one = () => admin.call("tasks.create", { projectId, title: "Note" }, id);
    expect(tallied([await one(), await one()])).toEqual({ 200: 1, "task.too_many": 1 });
  });

  it("R11 has room again for what failed, and for what was deleted", async () => {
    const { admin, id, projectId } = await withProject();
    const create = (into = projectId) => admin.call("tasks.create", { projectId: into, title: "Note" }, id);
    const failed = await Promise.all(many(15).map(() => create(randomUUID())));
    expect(failed.some(({ error }) => error?.reason === "project.not_found")).toBe(true);
    const made = await Promise.all(many(10).map(() => create()));
    expect(tallied(made)).toEqual({ 200: 10 });
    expect(tallied([await create()])).toEqual({ "task.too_many": 1 });
    await admin.call("tasks.delete", { id: String(made[0]?.data.id) }, id);
    await expect.poll(async () => (await create()).status, { timeout: 10_000, interval: 300 }).toBe(200);
    expect(await countIn("tasks", id)).toBe(10);
  });

  it(
    "R11 of two servers each lets in no more than was free when it counted",
    { timeout: 30_000 },
    async () => {
      const other = await startServerOver(server.database, {
        ...quotas,
        PROJO_TOKEN_KEYS: sharedKeys(server),
      });
      try {
        const { admin, id, projectId } = await withProject();
        const input = { projectId, title: "Note" };
        const there = other.callAs({ token: admin.token, workspaceId: id });
        for (const _ of many(4)) await admin.call("tasks.create", input, id);
        for (const _ of many(6)) await there.tasks.create({ ...input, status: "todo" });
        await expect(there.tasks.create({ ...input, status: "todo" })).rejects.toMatchObject({
          reason: "task.too_many",
        });
        await Promise.all(many(20).map(() => admin.call("tasks.create", input, id)));
        // The first has counted none, and goes on to its own 10.
        expect(await countIn("tasks", id)).toBe(16);
        await expect
          .poll(async () => (await admin.call("tasks.create", input, id)).error?.reason, { timeout: 10_000 })
          .toBe("task.too_many");
      } finally {
        await other.close();
      }
    },
  );
});

describe("the quota of members", () => {
  it("R11 is not exceeded by people who accept at once, and an invite that found no room is good for later", async () => {
    const place = await placeOf();
    const guests = await Promise.all(many(6).map(() => arrive(server, randomUUID())));
    const invites = new Map<Person, string>();
    for (const guest of guests) {
      await verifyEmail(server, guest);
      invites.set(guest, (await inviteFor(server, place, guest)).token);
    }
    const accept = (guest: Person) => guest.call("invites.accept", { token: invites.get(guest) });
    const answers = await Promise.all(guests.map(accept));
    expect(tallied(answers)).toEqual({ 200: 2, "member.too_many": 4 });
    expect(await countIn("workspace_members", place.id)).toBe(3);
    const [member] = guests.filter((_, n) => answers[n]?.status === 200);
    const [late] = guests.filter((_, n) => answers[n]?.status !== 200);
    if (!member || !late) throw new Error("Nobody was let in, or everybody.");
    await place.admin.call("members.remove", { userId: member.id }, place.id);
    expect(await accept(late)).toMatchObject({ status: 200 });
  });

  it("a member who accepts another invite needs no room", async () => {
    const place = await placeOf();
    const member = await arrive(server, randomUUID());
    await verifyEmail(server, member);
    await join(server, place.id, member, "member");
    await join(server, place.id, await arrive(server, randomUUID()), "viewer");
    const { token } = await inviteFor(server, place, member);
    expect(await member.call("invites.accept", { token })).toMatchObject({ status: 200 });
  });
});

describe("the quota of pending invites", () => {
  it("R11 is not exceeded at once, nor by sending one again that has expired", async () => {
    const { admin, id } = await placeOf();
    const create = () => admin.call("invites.create", { email: `${randomUUID()}@example.com` }, id);
    const [first] = [await create()];
    await server.database.owner("UPDATE invites SET expires_at = now() WHERE id = $1", [first.data.id]);
    expect(tallied(await Promise.all(many(10).map(create)))).toEqual({ 200: 4, "invite.too_many": 6 });
    const resend = () => admin.call("invites.resend", { id: String(first.data.id) }, id);
    expect(tallied([await resend()])).toEqual({ "invite.too_many": 1 });
    await server.database.owner(
      "UPDATE invites SET revoked_at = now() WHERE workspace_id = $1 AND id <> $2",
      [id, first.data.id],
    );
    expect(tallied([await resend()])).toEqual({ 200: 1 });
  });
});

describe("the quota of service keys", () => {
  it("R11 is not exceeded at once, nor by rotating one that has expired; one that works can always be rotated", async () => {
    const { admin, id } = await placeOf();
    const create = () => admin.call("serviceKeys.create", { name: "Mill", scopes: ["task:read"] }, id);
    const first = String((await create()).data.id);
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [first]);
    const answers = await Promise.all(many(5).map(create));
    expect(tallied(answers)).toEqual({ 200: 2, "key.too_many": 3 });
    const rotate = (key: string) => admin.call("serviceKeys.rotate", { id: key }, id);
    expect(tallied([await rotate(first)])).toEqual({ "key.too_many": 1 });
    const working = answers.find(({ status }) => status === 200);
    expect(tallied([await rotate(String(working?.data.id))])).toEqual({ 200: 1 });
    expect(tallied([await rotate(randomUUID())])).toEqual({ "key.not_found": 1 });
  });
});

/** The keys of a server that made its own, for another one that is to know its tokens. */
function sharedKeys({ dataDir }: TestServer): string {
  return readFileSync(pathOf(dataDir, "token-keys"), "utf8").trim();
}
