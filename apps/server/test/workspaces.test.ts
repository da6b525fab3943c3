// The commands for workspaces, with a server that uses the same database.
import {
  foundWorkspace,
  signUp,
  startTestServer,
  type Person,
  type TestServer,
} from "@projostack/api/testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { runCommand } from "./run-command.ts";

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startTestServer();
  ada = await signUp(server, "ada");
});
afterAll(() => server.close());

let id: string;
let name: string;
let founded = 0;
beforeEach(async () => {
  founded += 1;
  name = `Engines ${founded}`;
  id = await foundWorkspace(ada, name);
});

const workspaces = (...args: string[]) =>
  runCommand(["workspaces", ...args], {
    DATABASE_URL: server.database.url,
    PROJO_OPERATOR_DATABASE_URL: server.database.operatorUrl,
  });
const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, out, err } = await workspaces(...args, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Record<string, unknown>;
};
const TITLE = "The secret plan";
async function createTask() {
  const { data: project } = await ada.call("projects.create", { name: "Plans" }, id);
  expect((await ada.call("tasks.create", { projectId: project.id, title: TITLE }, id)).status).toBe(200);
}
const entries = async () =>
  server.database.owner<{ action: string; actor_kind: string; meta: unknown }>(
    "SELECT action, actor_kind, meta_json AS meta FROM audit_logs WHERE workspace_id = $1 ORDER BY seq",
    [id],
  );

it("lists workspaces with their numbers of members and tasks, newest first, and continues after a page", async () => {
  await createTask();
  const older = id;
  id = await foundWorkspace(ada, "Looms");
  const first = await json("list", "--limit", "1");
  expect(first).toMatchObject({
    items: [{ id, name: "Looms", members: 1, tasks: 0, deletedAt: null }],
    next: id,
  });
  const second = await json("list", "--limit", "1", "--after", id);
  expect(second).toMatchObject({ items: [{ id: older, name, members: 1, tasks: 1 }] });
  const text = await workspaces("list", "--limit", "2");
  expect(text.out).toContain(`1 member  1 task  ${name}\n`);
  expect(text.out).toContain(`There may be more: --after ${older}\n`);
});

it("finds workspaces by a part of the name", async () => {
  expect(await json("list", "--name", name.toUpperCase())).toMatchObject({ items: [{ id }], next: null });
  expect(await workspaces("list", "--name", "no such name")).toMatchObject({
    code: 0,
    out: "There is no such workspace.\n",
  });
});

it("shows the admins and the numbers of rows, and no content", async () => {
  await createTask();
  const shown = await json("show", id);
  expect(shown).toMatchObject({
    id,
    name,
    members: 1,
    projects: 1,
    tasks: 1,
    serviceKeys: 0,
    invites: 0,
    deletedAt: null,
  });
  expect(shown["admins"]).toEqual([{ userId: expect.any(String), email: ada.email }]);
  expect(shown["auditEntries"]).toBeGreaterThan(0);
  const { out } = await workspaces("show", id);
  expect(out).toMatch(new RegExp(`^admins +${ada.email}$`, "m"));
  expect(out + JSON.stringify(shown)).not.toContain(TITLE);
});

it("deletes a workspace only with --yes, records the act of the system, and restores it with its data", async () => {
  await createTask();
  const plan = await workspaces("delete", id);
  expect(plan).toMatchObject({ code: 0, out: expect.stringContaining("Nothing is changed yet.") });
  expect((await ada.call("tasks.list", {}, id)).status).toBe(200);

  expect(await json("delete", id, "--yes")).toMatchObject({ id, isDeleted: true });
  expect((await ada.call("tasks.list", {}, id)).status).toBe(404);
  expect((await entries()).at(-1)).toMatchObject({ action: "workspace.deleted", actor_kind: "system" });
  expect(await workspaces("delete", id, "--yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining("was deleted at"),
  });

  expect(await workspaces("restore", id)).toMatchObject({ code: 0, out: `"${name}" is restored.\n` });
  expect((await entries()).at(-1)).toMatchObject({ action: "workspace.restored", actor_kind: "system" });
  const listed = await ada.call("tasks.list", {}, id);
  expect(listed).toMatchObject({ status: 200 });
  expect(JSON.stringify(listed.data)).toContain(TITLE);
  expect((await ada.call("audit.verify", {}, id)).data).toMatchObject({ intact: true });
  expect(await workspaces("restore", id)).toMatchObject({
    code: 1,
    err: expect.stringContaining("is not deleted"),
  });
});

it("the command does not restore a workspace that was deleted more than 30 days ago", async () => {
  await json("delete", id, "--yes");
  await server.database.owner("UPDATE workspaces SET deleted_at = now() - interval '31 days' WHERE id = $1", [
    id,
  ]);
  expect(await workspaces("restore", id)).toMatchObject({
    code: 1,
    err: expect.stringContaining("more than 30 days ago"),
  });
});

it("names the next step for an absent workspace", async () => {
  const absent = "01890000-0000-7000-8000-000000000000";
  for (const command of ["show", "delete", "restore"])
    expect(await workspaces(command, absent)).toMatchObject({
      code: 1,
      out: "",
      err: `There is no workspace ${absent}. List the workspaces with \`projostack workspaces list\`.\n`,
    });
});

it("replaces control characters in names", async () => {
  await server.database.owner("UPDATE workspaces SET name = $2 WHERE id = $1", [
    id,
    "Evil\u001b[2Jname\nline",
  ]);
  const { out } = await workspaces("list", "--limit", "1");
  expect(out).toContain("Evil [2Jname line");
});

it("refuses the login of the server", async () => {
  const { code, err } = await runCommand(["workspaces", "list"], {
    PROJO_OPERATOR_DATABASE_URL: server.database.url,
  });
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^PROJO_OPERATOR_DATABASE_URL: .+is not an operator's/),
  });
});
