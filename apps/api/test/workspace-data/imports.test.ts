// An import brings data and no access, from whomever the files come.
import { sample } from "@projostack/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { arrive, foundWorkspace, startTestServer, type Answer, type TestServer } from "../kit/index.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import {
  finish,
  inviteLine,
  keyLine,
  memberLine,
  projectLine,
  send,
  start,
  taskLine,
  type Importer,
} from "./lines.ts";

let server: TestServer;
let ada: Importer;
let rounds = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  const person = await arrive(server, `ada${(rounds += 1)}`);
  ada = { person, workspaceId: await foundWorkspace(person) };
});

const { newId } = systemRandomness;
const list = async (noun: string, importer = ada): Promise<Record<string, unknown>[]> =>
  (await importer.person.call(`${noun}.list`, { limit: 100 }, importer.workspaceId)).data.items as Record<
    string,
    unknown
  >[];

/** Adds 4,000 tasks without calls. */
async function addTasks(workspaceId: string, userId: string): Promise<void> {
  const project = newId();
  await server.database.owner(
    "INSERT INTO projects (workspace_id, id, name, created_by) VALUES ($1, $2, 'Many', $3)",
    [workspaceId, project, userId],
  );
  await server.database.owner(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
     SELECT gen_random_uuid(), $1, $2, 'A task', 'todo', $3 FROM generate_series(1, 4000)`,
    [workspaceId, project, userId],
  );
}

const reasonOf = async (answer: Promise<Answer>) => (await answer).error?.reason;

describe("an import", () => {
  it("V3 makes nobody a member, and answers the same whether an address has an account", async () => {
    const eve = await arrive(server, `eve${rounds}`);
    await start(ada);
    const known = await send(ada, "members", [memberLine(eve.email)]);
    const unknown = await send(ada, "members", [memberLine("nobody@example.com", newId())], 1);
    expect([known.data, unknown.data]).toEqual([{ imported: 1 }, { imported: 2 }]);
    expect((await finish(ada, { members: 2 })).status).toBe(200);
    expect(await list("members")).toMatchObject([{ userId: ada.person.id, role: "admin" }]);
    expect((await eve.call("workspaces.list")).data.items).toEqual([]);
    expect((await list("invites")).map(({ email, status }) => [email, status])).toEqual(
      expect.arrayContaining([
        [eve.email, "expired"],
        ["nobody@example.com", "expired"],
      ]),
    );
    // The person can neither see nor accept an invite that was not sent.
    expect((await eve.call("invites.listMine")).data.items).toEqual([]);
  });

  it("creates keys and invites that no token opens", async () => {
    const [keyId, inviteId] = [newId(), newId()];
    await start(ada);
    expect((await send(ada, "serviceKeys", [keyLine(keyId)])).status).toBe(200);
    expect((await send(ada, "invites", [inviteLine(inviteId, "guest@example.com")])).status).toBe(200);
    const [key] = await list("serviceKeys");
    expect(key).toMatchObject({ name: "nightly", status: "active" });
    expect(key?.["id"]).not.toBe(keyId);
    expect(String(key?.["id"]).slice(0, 21)).toBe(keyId.slice(0, 21));
    const rotated = await ada.person.call(
      "serviceKeys.rotate",
      { id: key?.["id"], overlapHours: 0 },
      ada.workspaceId,
    );
    expect(rotated.status).toBe(200);
    const [invite] = await list("invites");
    expect((await ada.person.call("invites.resend", { id: invite?.["id"] }, ada.workspaceId)).status).toBe(
      200,
    );
  });

  it("keeps order, times, versions and authors, and inserts a repeated part once", async () => {
    const [project, ...ids] = Array.from({ length: 40 }, () => newId());
    const tasks = ids.map((id, at) => taskLine(id, project ?? "", `Task ${at}`));
    await start(ada);
    await send(ada, "projects", [projectLine(project ?? "", "Engines")]);
    await send(ada, "tasks", tasks.slice(0, 20));
    await send(ada, "tasks", tasks.slice(0, 20));
    expect((await send(ada, "tasks", tasks.slice(15), 15)).data).toEqual({ imported: tasks.length });
    const found = await list("tasks");
    expect(found.map(({ title }) => title)).toEqual(tasks.map((_, at) => `Task ${at}`).toReversed());
    expect(new Set(found.map(({ createdBy }) => createdBy)).size).toBe(1);
    expect(found[0]).toMatchObject({ createdAt: sample.createdAt, updatedAt: sample.createdAt, version: 1 });
    expect(found[0]?.["createdBy"]).not.toBe(ada.person.id);
  });

  it("gives the rows of a member to that member at once, and to others after they have joined", async () => {
    await start(ada);
    const guest = await arrive(server, `guest${rounds}`);
    const [theirs, project] = [newId(), newId()];
    await send(ada, "members", [memberLine(ada.person.email), memberLine(guest.email, theirs, "member")]);
    await send(ada, "projects", [
      projectLine(project, "Mine"),
      { ...projectLine(newId(), "Theirs"), createdBy: theirs },
    ]);
    await finish(ada, { members: 2, projects: 2 });
    const creators = async () =>
      new Map((await list("projects")).map((one) => [one["name"], one["createdBy"]]));
    expect((await creators()).get("Mine")).toBe(ada.person.id);
    const assign = async () =>
      (await ada.person.call("workspaceData.assignRows", {}, ada.workspaceId)).data as unknown;
    expect(await assign()).toEqual({ assigned: 0, done: true, waiting: 1 });
    const invite = (await list("invites")).find(({ email }) => email === guest.email);
    const { data } = await ada.person.call("invites.resend", { id: invite?.["id"] }, ada.workspaceId);
    expect((await guest.call("invites.accept", { token: data.token })).status).toBe(200);
    // The project, the inviter's author row and the accepted invite.
    expect(await assign()).toMatchObject({ done: true, waiting: 0 });
    expect((await creators()).get("Theirs")).toBe(guest.id);
    expect((await list("projects")).map(({ version }) => version)).toEqual([1, 1]);
  });

  it("assigns rows of a workspace that the statistics of the database do not know yet", async () => {
    const other = await foundWorkspace(ada.person);
    await addTasks(other, ada.person.id);
    await server.database.owner("ANALYZE tasks");
    await start(ada);
    const guest = await arrive(server, `late${rounds}`);
    await send(ada, "members", [memberLine(guest.email, newId(), "member")]);
    await finish(ada, { members: 1 });
    const [invite] = await list("invites");
    const { data } = await ada.person.call("invites.resend", { id: invite?.["id"] }, ada.workspaceId);
    expect((await guest.call("invites.accept", { token: data.token })).status).toBe(200);
    const [author] = await server.database.owner<{ id: string }>(
      "SELECT user_id AS id FROM imported_authors WHERE workspace_id = $1 AND email = $2",
      [ada.workspaceId, guest.email],
    );
    await addTasks(ada.workspaceId, author?.id ?? "");
    // A plan that reads the table once for each task takes minutes.
    const assign = async () =>
      (await ada.person.call("workspaceData.assignRows", { limit: 1_000 }, ada.workspaceId)).data as unknown;
    expect(await assign()).toMatchObject({ assigned: 1_000, done: false });
  });

  it("refuses lines out of order, wrong lines, and an incomplete end", async () => {
    const project = projectLine(newId(), "Engines");
    expect(await reasonOf(send(ada, "projects", [project]))).toBe("import.not_running");
    await start(ada);
    expect(await reasonOf(send(ada, "projects", [project], 1))).toBe("import.gap");
    expect(await reasonOf(send(ada, "tasks", [taskLine(newId(), newId(), "Lost")]))).toBe(
      "project.not_found",
    );
    expect(await reasonOf(finish(ada, { projects: 1 }))).toBe("import.incomplete");
    expect(await reasonOf(start(ada, "00".repeat(32)))).toBe("import.not_empty");
    const nul = await send(ada, "projects", [project, { ...project, name: "a\0b" }]);
    expect(nul.error).toMatchObject({
      reason: "input.invalid",
      fieldErrors: { "lines.1": ["name: Must be well-formed Unicode without U+0000."] },
    });
    await finish(ada, {});
    expect(await reasonOf(send(ada, "projects", [project]))).toBe("import.not_running");
  });

  it("N1 keeps the last time that has an ISO form, and refuses what PostgreSQL would round to the year 10000", async () => {
    const [last, tooLate] = ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.9999999Z"];
    const project = projectLine(newId(), "Forever");
    await start(ada);
    expect((await send(ada, "projects", [{ ...project, createdAt: tooLate }])).status).toBe(400);
    expect((await send(ada, "projects", [{ ...project, createdAt: last }])).status).toBe(200);
    expect((await finish(ada, { projects: 1 }, tooLate)).status).toBe(400);
    expect((await finish(ada, { projects: 1 }, last)).status).toBe(200);
    expect(await list("projects")).toMatchObject([{ createdAt: last }]);
    expect((await ada.person.call("workspaces.get", {}, ada.workspaceId)).data.createdAt).toBe(last);
  });

  it("needs an empty workspace", async () => {
    await ada.person.call("projects.create", { name: "Mine" }, ada.workspaceId);
    expect((await start(ada)).error?.reason).toBe("import.not_empty");
  });
});

describe("a deletion with a fingerprint", () => {
  it("deletes only an unchanged workspace", async () => {
    const { person, workspaceId } = ada;
    const fingerprint = async () =>
      (await person.call("workspaceData.fingerprint", {}, workspaceId)).data.fingerprint as string;
    const before = await fingerprint();
    expect(await fingerprint()).toBe(before);
    await person.call("projects.create", { name: "Late" }, workspaceId);
    const [{ name }] = [(await person.call("workspaces.get", {}, workspaceId)).data as { name: string }];
    const late = await person.call("workspaces.delete", { name, fingerprint: before }, workspaceId);
    expect(late.error?.reason).toBe("workspace.changed");
    const deleted = await person.call(
      "workspaces.delete",
      { name, fingerprint: await fingerprint() },
      workspaceId,
    );
    expect(deleted.status).toBe(200);
  });
});
