import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import { expectDone, type Shell } from "./kit.ts";
import { jsonOf, openMember, openVerifiedAdmin } from "./people.ts";
import { storedServer } from "./stored-tokens.ts";

let server: TestServer;
/** The admin, and a second member of the workspace. */
let ann: Shell;
let bob: Shell;
let rounds = 0;
let annsEmail: string;
let bobsEmail: string;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
});

beforeEach(async () => {
  rounds += 1;
  annsEmail = `ann${rounds}@example.com`;
  bobsEmail = `bob${rounds}@example.com`;
  ann = await openVerifiedAdmin(server, annsEmail);
  bob = await openMember(server, ann, { email: bobsEmail });
});

afterEach(async () => {
  await ann.close();
  await bob.close();
});

const projo = (...argv: string[]) => expectDone(ann.projo(argv));

/** Expects nothing on stdout. @returns the exit code and the message */
async function refused(shell: Shell, argv: readonly string[], options: Parameters<Shell["projo"]>[1] = {}) {
  const { code, out, err } = await shell.projo(argv, options);
  expect(out).toBe("");
  return [code, err.replace(/^projo: /, "").trimEnd()];
}

describe("the members", () => {
  it("appear in the list with id, role, date and email, newest first, and filtered by role", async () => {
    const { out } = await projo("members", "list");
    const rows = out.trim().split("\n");
    const today = new Date().toISOString().slice(0, 10);
    expect(
      rows.map((row) =>
        row
          .replace(/^[0-9a-f-]{36}/, "ID")
          .replace(/T[\d:.]+Z$/, "")
          .split("\t"),
      ),
    ).toEqual([
      ["ID", bobsEmail, "member", today],
      ["ID", annsEmail, "admin", today],
    ]);
    expect((await projo("members", "list", "--role", "admin")).out).not.toContain(bobsEmail);
    expect((await projo("members", "list", "--role", "viewer")).err).toBe(
      "There is no member with this role.\n",
    );
    const page = await jsonOf<{ items: object[]; nextCursor: string }>(
      ann,
      "members",
      "list",
      "--limit",
      "1",
    );
    expect(page).toMatchObject({
      items: [{ email: bobsEmail, role: "member" }],
      nextCursor: expect.any(String) as string,
    });
    expect(await jsonOf(ann, "members", "list", "--all")).toMatchObject({
      items: [{}, {}],
      nextCursor: null,
    });
  });

  it("the members are found by a part of the address, and filtered by role at the same time", async () => {
    const find = async (...words: string[]) => (await projo("members", "list", "--search", ...words)).out;
    expect(await find(bobsEmail.slice(1, 8).toUpperCase())).toContain(bobsEmail);
    expect(await find(bobsEmail)).not.toContain(annsEmail);
    expect(await find("@EXAMPLE", "--role", "admin")).not.toContain(bobsEmail);
    expect((await projo("members", "list", "--search", "nobody")).err).toBe("No member matches.\n");
    expect(await jsonOf(bob, "members", "list", "--search", annsEmail)).toMatchObject({
      items: [{ email: annsEmail, role: "admin" }],
      nextCursor: null,
    });
    expect((await refused(ann, ["members", "list", "--search", " "]))[0]).toBe(2);
  });

  it("the members are shown one by one, by address and by id", async () => {
    const member = await jsonOf<{ userId: string; joinedAt: string }>(ann, "members", "get", bobsEmail);
    expect(member).toEqual({
      userId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      email: bobsEmail,
      role: "member",
      joinedAt: expect.any(String) as string,
    });
    const joined = `${member.joinedAt.slice(0, 16)}Z`;
    expect((await expectDone(bob.projo(["members", "get", member.userId]))).out).toBe(
      `ID:      ${member.userId}\nEmail:   ${bobsEmail}\nRole:    member\nJoined:  ${joined}\n`,
    );
    expect(await refused(ann, ["members", "get", "eve@example.com"])).toEqual([
      1,
      'There is no member "eve@example.com". See: projo members list',
    ]);
    expect(await refused(ann, ["members", "get", "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11"])).toEqual([
      1,
      "There is no such member of this workspace. See: projo members list",
    ]);
  });

  it("M2 have a changed role from their next call on", async () => {
    expect((await projo("members", "role", bobsEmail.toUpperCase(), "viewer")).err).toBe(
      `${bobsEmail} now has the role viewer.\n`,
    );
    expect(await refused(bob, ["projects", "create", "Website"])).toEqual([
      1,
      "A viewer cannot do this. Ask an admin for the role member. See: projo members list --role admin",
    ]);
    expect(await jsonOf(ann, "members", "role", bobsEmail, "member")).toMatchObject({ role: "member" });
    await expectDone(bob.projo(["projects", "create", "Website"]));
  });

  it("M2 lose access from the next call after a confirmed removal", async () => {
    await expectDone(bob.projo(["tasks", "list"]));
    const remove = ["members", "remove", bobsEmail];
    expect(await refused(ann, remove)).toEqual([
      2,
      `There is no terminal to ask for confirmation. To remove ${bobsEmail} from the workspace, add --yes`,
    ]);
    const unsure = await ann.projo(remove, { types: [["Remove", "n"]] });
    expect(unsure).toMatchObject({
      code: 1,
      err: expect.stringContaining("The member was not removed.") as string,
    });
    await expectDone(bob.projo(["tasks", "list"]));
    const { err } = await expectDone(ann.projo(remove, { types: [["Remove", "y"]] }));
    expect(err).toContain(`Removed ${bobsEmail} from the workspace.\n`);
    expect(err).not.toContain("The former member created");
    expect(await refused(bob, ["tasks", "list"])).toEqual([
      1,
      "There is no such workspace, or you are not a member of it. See: projo workspaces list",
    ]);
  });

  it("leave service keys when they are removed, which are listed with the next step", async () => {
    await projo("members", "role", bobsEmail, "admin");
    const make = ["keys", "create", "deploy", "--scopes", "task:read"];
    await expectDone(bob.projo(make));
    const { items } = await jsonOf<{ items: { userId: string }[] }>(ann, "members", "list", "--limit", "1");
    const { out, err } = await projo("members", "remove", items[0]?.userId ?? "", "--yes");
    expect(out).toBe("");
    expect(err).toMatch(
      /The former member created 1 service key, which still works.*: deploy \([0-9a-f-]{36}\)/,
    );
    expect(err).toContain("projo keys rotate ID --overlap-hours 0, or: projo keys revoke ID");
    const listed = await expectDone(ann.projo(["keys", "list"], { columns: 120, env: { NO_COLOR: "1" } }));
    expect(listed.out).toMatch(/^! +[0-9a-f-]{36} +deploy +active +member/m);
    expect(listed.err).toContain("The creator has left the workspace");
  });

  it("appear as JSON with the remaining keys when they are removed", async () => {
    const removed = await jsonOf(ann, "members", "remove", bobsEmail, "--yes");
    expect(removed).toEqual({ userId: expect.any(String) as string, endedInvites: 0, keysLeft: [] });
  });

  it("M1 include at least one admin: the last one is refused with the next step", async () => {
    const lastAdmin =
      "A workspace must keep at least one admin. Make another member an admin first, or delete the workspace. Run: projo members role EMAIL admin, or: projo workspaces delete";
    expect(await refused(ann, ["members", "role", annsEmail, "viewer"])).toEqual([1, lastAdmin]);
    expect(await refused(ann, ["members", "remove", annsEmail, "--yes"])).toEqual([1, lastAdmin]);
    expect(await refused(ann, ["workspaces", "leave", "--yes"])).toEqual([1, lastAdmin]);
    const { err } = await ann.projo(["workspaces", "leave", "--yes", "--json"]);
    expect(JSON.parse(err)).toMatchObject({ error: { reason: "member.last_admin", status: 409 } });
  });

  it("cannot have an unknown role, and an unknown member is refused", async () => {
    expect(await refused(ann, ["members", "role", "eve@example.com", "viewer"])).toEqual([
      1,
      'There is no member "eve@example.com". See: projo members list',
    ]);
    const nobody = "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11";
    expect(await refused(ann, ["members", "remove", nobody, "--yes"])).toEqual([
      1,
      "There is no such member of this workspace. See: projo members list",
    ]);
    const [code, message] = await refused(ann, ["members", "role", bobsEmail, "owner"]);
    expect(code).toBe(2);
    expect(message).toContain("Use viewer, member or admin.");
  });
});

describe("a workspace", () => {
  it("remains selected under its new name after a rename", async () => {
    expect((await projo("workspaces", "rename", "Acme Ltd")).err).toBe(
      "The workspace is now named Acme Ltd.\n",
    );
    expect((await storedServer(ann.home, server.url))?.workspace?.name).toBe("Acme Ltd");
    expect(await jsonOf(bob, "workspaces", "list")).toMatchObject({ items: [{ name: "Acme Ltd" }] });
    const [code, message] = await refused(bob, ["workspaces", "rename", "Mine"]);
    expect(code).toBe(1);
    expect(message).toContain("Only an admin can do this.");
  });

  it("can be left only after confirmation, and is then no longer selected", async () => {
    expect(await refused(bob, ["workspaces", "leave", "Acme"])).toEqual([
      2,
      "There is no terminal to ask for confirmation. To leave the workspace Acme, add --yes",
    ]);
    const unsure = await bob.projo(["workspaces", "leave"], { types: [["Leave", "n"]] });
    expect(unsure.err).toContain("You have not left the workspace Acme.");
    const { err } = await expectDone(bob.projo(["workspaces", "leave"], { types: [["Leave", "y"]] }));
    expect(err).toContain("You have left the workspace Acme.");
    expect((await storedServer(bob.home, server.url))?.workspace).toBeUndefined();
    expect((await refused(bob, ["tasks", "list"]))[1]).toContain("No workspace is selected.");
    expect((await projo("members", "list")).out).not.toContain(bobsEmail);
  });

  it("refuses all members after its deletion, and can be restored with its data", async () => {
    await projo("projects", "create", "Website");
    const types = [["Type its name", "Acme Inc\r"]] as const;
    const mistyped = await ann.projo(["workspaces", "delete"], { types });
    expect(mistyped).toMatchObject({ code: 2 });
    expect(mistyped.err).toContain(
      "name: this is not the name of this workspace. Write its name exactly as it is.",
    );
    const right = [["Type its name", "Acme\r"]] as const;
    const { err } = await expectDone(ann.projo(["workspaces", "delete"], { types: right }));
    expect(err).toContain(
      "Deleted the workspace Acme with 2 members, 1 project, 0 tasks and 0 service keys. All members have lost access.",
    );
    const [, id = ""] = /projo workspaces restore ([0-9a-f-]{36})/.exec(err) ?? [];
    expect((await refused(ann, ["projects", "list"]))[1]).toContain("No workspace is selected.");
    expect((await refused(bob, ["projects", "list"]))[1]).toContain("There is no such workspace");

    expect((await projo("workspaces", "list", "--deleted")).out).toMatch(
      new RegExp(String.raw`^${id}\tAcme\t\d{4}-\d\d-\d\dT\S+Z$`, "m"),
    );
    expect((await expectDone(bob.projo(["workspaces", "list", "--deleted"]))).err).toBe(
      "There is no deleted workspace to restore.\n",
    );
    expect(await refused(bob, ["workspaces", "restore", id])).toEqual([
      1,
      `There is no deleted workspace "${id}". See: projo workspaces list --deleted`,
    ]);
    const restored = await projo("workspaces", "restore", "Acme");
    expect(restored.err).toBe(
      `Restored the workspace Acme with all its data. Next: projo workspaces use ${id}\n`,
    );
    expect((await expectDone(bob.projo(["projects", "list"]))).out).toContain("Website");
  });

  it("can be deleted without a prompt only when --yes and --name are used together", async () => {
    const together = [2, "Use --yes and --name together: the name confirms which workspace to delete."];
    expect(await refused(ann, ["workspaces", "delete", "--yes"])).toEqual(together);
    expect(await refused(ann, ["workspaces", "delete", "--name", "Acme"])).toEqual(together);
    expect(await refused(ann, ["workspaces", "delete"])).toEqual([
      2,
      'There is no terminal to ask for confirmation. To delete the workspace Acme, add --yes --name "Acme"',
    ]);
    expect(await refused(ann, ["workspaces", "delete", "--yes", "--name", "Acmé"])).toEqual([
      2,
      "--name: this is not the name of this workspace. Write its name exactly as it is.",
    ]);
    const [code, message] = await refused(bob, ["workspaces", "delete", "--yes", "--name", "Acme"]);
    expect([code, message]).toEqual([1, expect.stringContaining(" do this. ")]);
    await projo("projects", "list");
    const deleted = await jsonOf(ann, "workspaces", "delete", "--yes", "--name", "Acme");
    expect(deleted).toMatchObject({ name: "Acme", deletedAt: expect.any(String) as string });
  });

  it("can be restored by its id when two deleted workspaces have the same name", async () => {
    const ids: string[] = [];
    for (const name of ["Twin", "Twin"]) {
      ids.push((await projo("workspaces", "create", name)).out.trim());
      await projo("workspaces", "delete", "--yes", "--name", name);
    }
    const [code, message] = await refused(ann, ["workspaces", "restore", "Twin"]);
    expect(code).toBe(1);
    expect(message).toContain('2 deleted workspaces have the name "Twin". Use the id instead:');
    for (const id of ids) expect(message).toContain(id);
    expect(await jsonOf(ann, "workspaces", "restore", ids[0] ?? "")).toMatchObject({
      id: ids[0],
      deletedAt: null,
    });
  });
});
