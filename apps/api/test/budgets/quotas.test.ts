// The quotas of a workspace.
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

interface Team {
  readonly admin: Person;
  readonly id: string;
}

async function teamOf(): Promise<Team> {
  const admin = await arrive(server, randomUUID());
  return { admin, id: await foundWorkspace(admin) };
}

async function withProject(): Promise<Team & { projectId: string }> {
  const place = await teamOf();
  const { data } = await place.admin.call("projects.create", { name: "Looms" }, place.id);
  return { ...place, projectId: String(data.id) };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Counts the answers by status, or by reason if the call failed. */
const countByResult = (answers: readonly Answer[]): Record<string, number> =>
  answers.reduce<Record<string, number>>((tally, { status, error }) => {
    const result = error?.reason ?? String(status);
    return { ...tally, [result]: (tally[result] ?? 0) + 1 };
  }, {});

async function countIn(table: string, workspaceId: string): Promise<number> {
  const [row] = await server.database.owner<{ many: number }>(
    `SELECT count(*)::int AS many FROM ${table} WHERE workspace_id = $1`,
    [workspaceId],
  );
  return row?.many ?? Number.NaN;
}

describe("the quota of projects", () => {
  it("R11 holds for 20 concurrent calls, and the deletion of a project frees a place", async () => {
    const { admin, id } = await teamOf();
    const create = () => admin.call("projects.create", { name: "Looms" }, id);
    const answers = await Promise.all(many(20).map(create));
    expect(countByResult(answers)).toEqual({ 200: 5, "project.too_many": 15 });
    expect(await countIn("projects", id)).toBe(5);
    const made = answers.find(({ status }) => status === 200);
    await admin.call("projects.delete", { id: String(made?.data.id) }, id);
    expect(countByResult([await create(), await create()])).toEqual({ 200: 1, "project.too_many": 1 });
  });

  it("R11 applies to each workspace separately", async () => {
    const [one, other] = [await teamOf(), await teamOf()];
    for (const _ of many(5)) await one.admin.call("projects.create", { name: "Looms" }, one.id);
    expect(await other.admin.call("projects.create", { name: "Looms" }, other.id)).toMatchObject({
      status: 200,
    });
  });
});

describe("the quota of tasks", () => {
  it("R11 holds for 30 concurrent calls", async () => {
    const { admin, id, projectId } = await withProject();
    const create = () => admin.call("tasks.create", { projectId, title: "Note" }, id);
    expect(countByResult(await Promise.all(many(30).map(create)))).toEqual({ 200: 10, "task.too_many": 20 });
    expect(await countIn("tasks", id)).toBe(10);
  });

  it("R11 holds for concurrent tasks.createMany calls, and ignores tasks that exist already", async () => {
    const { admin, id, projectId } = await withProject();
    const createMany = (first: number) => {
      const items = many(3).map((n) => ({ projectId, title: "Note", externalId: `${first + n}` }));
      return admin.call("tasks.createMany", { items }, id);
    };
    const answers = await Promise.all([0, 3, 6, 9, 12, 15].map(createMany));
    expect(countByResult(answers)).toEqual({ 200: 3, "task.too_many": 3 });
    expect(await countIn("tasks", id)).toBe(9);
    const one = () => admin.call("tasks.create", { projectId, title: "Note" }, id);
    expect(countByResult([await one(), await one()])).toEqual({ 200: 1, "task.too_many": 1 });
  });

  it("R11 counts neither failed calls nor deleted tasks", async () => {
    const { admin, id, projectId } = await withProject();
    const create = (into = projectId) => admin.call("tasks.create", { projectId: into, title: "Note" }, id);
    const failed = await Promise.all(many(15).map(() => create(randomUUID())));
    expect(failed.some(({ error }) => error?.reason === "project.not_found")).toBe(true);
    const made = await Promise.all(many(10).map(() => create()));
    expect(countByResult(made)).toEqual({ 200: 10 });
    expect(countByResult([await create()])).toEqual({ "task.too_many": 1 });
    await admin.call("tasks.delete", { id: String(made[0]?.data.id) }, id);
    await expect.poll(async () => (await create()).status, { timeout: 10_000, interval: 300 }).toBe(200);
    expect(await countIn("tasks", id)).toBe(10);
  });

  it("R11 limits each of two servers to the places that were free when it counted", async () => {
    const other = await startServerOver(server.database, {
      ...quotas,
      PROJO_TOKEN_KEYS: sharedKeys(server),
    });
    try {
      const { admin, id, projectId } = await withProject();
      const input = { projectId, title: "Note" };
      const onOther = other.callAs({ token: admin.token, workspaceId: id });
      for (const _ of many(4)) await admin.call("tasks.create", input, id);
      for (const _ of many(6)) await onOther.tasks.create({ ...input, status: "todo" });
      await expect(onOther.tasks.create({ ...input, status: "todo" })).rejects.toMatchObject({
        reason: "task.too_many",
      });
      await Promise.all(many(20).map(() => admin.call("tasks.create", input, id)));
      // The first server has not counted the tasks of the other, and creates 10 of its own.
      expect(await countIn("tasks", id)).toBe(16);
      await expect
        .poll(async () => (await admin.call("tasks.create", input, id)).error?.reason, { timeout: 10_000 })
        .toBe("task.too_many");
    } finally {
      await other.close();
    }
  });
});

describe("the quota of members", () => {
  it("R11 holds for concurrent acceptances, and a refused invite stays valid", async () => {
    const place = await teamOf();
    const guests = await Promise.all(many(6).map(() => arrive(server, randomUUID())));
    const invites = new Map<Person, string>();
    for (const guest of guests) {
      await verifyEmail(server, guest);
      invites.set(guest, (await inviteFor(server, place, guest)).token);
    }
    const accept = (guest: Person) => guest.call("invites.accept", { token: invites.get(guest) });
    const answers = await Promise.all(guests.map(accept));
    expect(countByResult(answers)).toEqual({ 200: 2, "member.too_many": 4 });
    expect(await countIn("workspace_members", place.id)).toBe(3);
    const [member] = guests.filter((_, n) => answers[n]?.status === 200);
    const [late] = guests.filter((_, n) => answers[n]?.status !== 200);
    if (!member || !late) throw new Error("Either no guest joined, or all of them did.");
    await place.admin.call("members.remove", { userId: member.id }, place.id);
    expect(await accept(late)).toMatchObject({ status: 200 });
  });

  it("ignores a member who accepts another invite", async () => {
    const place = await teamOf();
    const member = await arrive(server, randomUUID());
    await verifyEmail(server, member);
    await join(server, place.id, member, "member");
    await join(server, place.id, await arrive(server, randomUUID()), "viewer");
    const { token } = await inviteFor(server, place, member);
    expect(await member.call("invites.accept", { token })).toMatchObject({ status: 200 });
  });
});

describe("the quota of pending invites", () => {
  it("R11 holds for concurrent calls and for the resending of an expired invite", async () => {
    const { admin, id } = await teamOf();
    const create = () => admin.call("invites.create", { email: `${randomUUID()}@example.com` }, id);
    const [first] = [await create()];
    await server.database.owner("UPDATE invites SET expires_at = now() WHERE id = $1", [first.data.id]);
    expect(countByResult(await Promise.all(many(10).map(create)))).toEqual({ 200: 4, "invite.too_many": 6 });
    const resend = () => admin.call("invites.resend", { id: String(first.data.id) }, id);
    expect(countByResult([await resend()])).toEqual({ "invite.too_many": 1 });
    await server.database.owner(
      "UPDATE invites SET revoked_at = now() WHERE workspace_id = $1 AND id <> $2",
      [id, first.data.id],
    );
    expect(countByResult([await resend()])).toEqual({ 200: 1 });
  });
});

describe("the quota of service keys", () => {
  it("R11 holds for concurrent calls and for the rotation of an expired key, and allows the rotation of an active key", async () => {
    const { admin, id } = await teamOf();
    const create = () => admin.call("serviceKeys.create", { name: "Mill", scopes: ["task:read"] }, id);
    const first = String((await create()).data.id);
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [first]);
    const answers = await Promise.all(many(5).map(create));
    expect(countByResult(answers)).toEqual({ 200: 2, "key.too_many": 3 });
    const rotate = (key: string) => admin.call("serviceKeys.rotate", { id: key }, id);
    expect(countByResult([await rotate(first)])).toEqual({ "key.too_many": 1 });
    const working = answers.find(({ status }) => status === 200);
    expect(countByResult([await rotate(String(working?.data.id))])).toEqual({ 200: 1 });
    expect(countByResult([await rotate(randomUUID())])).toEqual({ "key.not_found": 1 });
  });
});

/** Reads the generated token keys of a server, so that another server accepts its tokens. */
function sharedKeys({ dataDir }: TestServer): string {
  return readFileSync(pathOf(dataDir, "token-keys"), "utf8").trim();
}
