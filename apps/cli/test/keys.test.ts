import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, openShell, openSignedIn, type Shell } from "./kit.ts";
import { jsonOf, openVerifiedAdmin } from "./people.ts";

let server: TestServer;
/** The admin, and a CI job without a stored session. */
let ann: Shell;
let job: Shell;
let rounds = 0;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
});

beforeEach(async () => {
  rounds += 1;
  ann = await openVerifiedAdmin(server, `ann${rounds}@example.com`);
  job = await openShell(server.url);
});

afterEach(async () => {
  await ann.close();
  await job.close();
});

const projo = (...argv: string[]) => expectDone(ann.projo(argv));

/** Creates a key. @returns an environment with its token */
async function keyFor(scopes: string, ...options: string[]): Promise<{ PROJO_TOKEN: string }> {
  const { out } = await projo("keys", "create", "ci", "--scopes", scopes, ...options);
  return { PROJO_TOKEN: out.trim() };
}

const daysUntil = (at: string): number => Math.round((Date.parse(at) - Date.now()) / 86_400_000);

/** The job's shell with these environment variables. */
const withEnvironment = (env: Record<string, string>): Shell => ({
  ...job,
  projo: (argv, options) => job.projo(argv, { ...options, env }),
});

/** Expects one line on stderr and nothing on stdout. @returns the exit code and the message */
async function refused(shell: Shell, argv: readonly string[], options: Parameters<Shell["projo"]>[1] = {}) {
  const { code, out, err } = await shell.projo(argv, options);
  expect(out).toBe("");
  expect(err).toMatch(/^projo: [^\n]+\n$/);
  return [code, err.slice("projo: ".length, -1)];
}

const ALL_WORK = "workspace:read,project:read,project:write,task:read,task:write";
const USERS_ONLY =
  "A service key cannot do this: it is for signed-in users. Unset PROJO_TOKEN, then run: projo login";
const INVALID_KEY =
  "The service key in PROJO_TOKEN is wrong, expired or revoked, or its workspace was deleted. An admin can check it: projo keys list";
const NOT_ALLOWED =
  "The service key in PROJO_TOKEN needs the scope project:write and the role member or admin. An admin can check this: projo keys list";

describe("service keys", () => {
  it("print only the token on stdout at creation, and no token in the list", async () => {
    const { out, err } = await projo(
      "keys",
      "create",
      "deploy",
      "--scopes",
      "task:write task:read, task:read",
      "--days",
      "30",
    );
    expect(out).toMatch(/^pjk_[\w-]{70}\n$/);
    expect(err).toMatch(
      /^Created the service key deploy \([0-9a-f-]{36}\)\. It has the role member and the scopes task:read, task:write\. It expires at \S+Z\.\n/,
    );
    expect(err).not.toContain("pjk_");
    const listed = await projo("keys", "list");
    const month = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    expect(listed.out).toMatch(
      new RegExp(
        String.raw`^[0-9a-f-]{36}\tdeploy\tactive\tmember\ttask:read,task:write\t\t${month}\S+Z$`,
        "m",
      ),
    );
    expect(listed.out + listed.err).not.toContain(out.trim());
    expect(listed.err).toBe("");
    const asJson = await jsonOf<{ items: object[] }>(ann, "keys", "list", "--status", "active");
    expect(asJson).toMatchObject({ items: [{ name: "deploy", creatorIsMember: true }], nextCursor: null });
    expect(JSON.stringify(asJson)).not.toContain("pjk_");
    expect((await projo("keys", "list", "--status", "revoked")).err).toBe(
      "There is no service key with the status revoked.\n",
    );
  });

  it("accept both tokens during the overlap, and only the new one with an overlap of 0", async () => {
    const first = await keyFor("task:read");
    const list = ["tasks", "list"];
    const { out, err } = await projo("keys", "rotate", "ci");
    const second = { PROJO_TOKEN: out.trim() };
    expect(err).toMatch(/The previous token works until \S+Z\./);
    for (const env of [first, second]) await expectDone(job.projo(list, { env }));
    const third = await projo("keys", "rotate", "ci", "--overlap-hours", "0");
    expect(third.err).not.toContain("The previous token");
    for (const env of [first, second]) expect(await refused(job, list, { env })).toEqual([4, INVALID_KEY]);
    await expectDone(job.projo(list, { env: { PROJO_TOKEN: third.out.trim() } }));
  });

  it("keep their term when they are rotated", async () => {
    await keyFor("task:read", "--days", "30");
    const rotated = await jsonOf<{ expiresAt: string }>(ann, "keys", "rotate", "ci");
    expect(daysUntil(rotated.expiresAt)).toBe(30);
    const longer = await jsonOf<{ expiresAt: string }>(ann, "keys", "rotate", "ci", "--days", "60");
    expect(daysUntil(longer.expiresAt)).toBe(60);
    expect(daysUntil((await jsonOf<{ expiresAt: string }>(ann, "keys", "rotate", "ci")).expiresAt)).toBe(60);
  });

  it("M2 stop working from the next call after a confirmed revocation", async () => {
    const env = await keyFor("task:read");
    expect(await refused(ann, ["keys", "revoke", "ci"])).toEqual([
      2,
      "There is no terminal to ask for confirmation. To revoke the service key ci, add --yes",
    ]);
    expect((await ann.projo(["keys", "revoke", "ci"], { types: [["Revoke", "n"]] })).err).toContain(
      "Nothing was revoked.",
    );
    await expectDone(job.projo(["tasks", "list"], { env }));
    const { err } = await expectDone(ann.projo(["keys", "revoke", "ci"], { types: [["Revoke", "y"]] }));
    expect(err).toContain("Revoked the service key ci: it no longer works.");
    expect(await refused(job, ["tasks", "list"], { env })).toEqual([4, INVALID_KEY]);
    expect(await refused(ann, ["keys", "rotate", "ci"])).toEqual([
      1,
      'There is no service key "ci". See: projo keys list',
    ]);
  });

  it("with the same name are identified by their ids", async () => {
    const make = () => jsonOf<{ id: string }>(ann, "keys", "create", "twin", "--scopes", "task:read");
    const ids = [(await make()).id, (await make()).id];
    const [code, message] = await refused(ann, ["keys", "revoke", "twin", "--yes"]);
    expect(code).toBe(1);
    expect(message).toContain('2 service keys have the name "twin". Use the id instead:');
    for (const id of ids) expect(message).toContain(id);
    expect(await jsonOf(ann, "keys", "revoke", ids[0] ?? "", "--yes")).toMatchObject({
      id: ids[0],
      status: "revoked",
    });
    expect((await projo("keys", "revoke", "twin", "--yes")).err).toContain("Revoked the service key twin");
  });

  it("cannot have invalid options: the error lists the allowed values", async () => {
    const create = ["keys", "create", "ci"];
    expect(await refused(ann, create)).toEqual([
      2,
      "Missing argument: --scopes <scopes>. See: projo keys create --help",
    ]);
    const [code, message] = await refused(ann, [...create, "--scopes", "task:read,task:fly"]);
    expect(code).toBe(2);
    expect(message).toContain('--scopes: there is no scope "task:fly". Use audit:read,');
    expect((await refused(ann, [...create, "--scopes", " , "]))[0]).toBe(2);
    expect(await refused(ann, [...create, "--role", "viewer", "--scopes", "task:write"])).toEqual([
      2,
      "--scopes: the role viewer does not hold task:write. Remove it, or choose a higher role.",
    ]);
    for (const [option, value] of [
      ["--days", "0"],
      ["--days", "366"],
      ["--days", "soon"],
    ] as const) {
      const [wrong, words] = await refused(ann, [...create, "--scopes", "task:read", option, value]);
      expect(wrong).toBe(2);
      expect(words).toContain(`--days: use a whole number from 1 to 365, not "${value}".`);
    }
  });
});

describe("a job with a service key in PROJO_TOKEN", () => {
  it("runs every command that its scopes allow, without a sign-in or a workspace option", async () => {
    const env = await keyFor(ALL_WORK);
    const runJob = (...argv: string[]) => expectDone(job.projo(argv, { env }));
    await runJob("projects", "create", "Website");
    const id = (await runJob("tasks", "create", "First", "--project", "Website")).out.trim();
    await runJob("tasks", "update", id, "--status", "done");
    await job.file("rows.csv", "project,title\nWebsite,Second\n");
    await runJob("tasks", "import", "rows.csv");
    expect((await runJob("tasks", "list")).out).toMatch(/\tdone\tWebsite\tFirst\t/);
    await runJob("tasks", "delete", id, "--yes");
    expect(JSON.parse((await runJob("call", "tasks.list")).out)).toMatchObject({
      items: [{ title: "Second" }],
    });
    expect((await projo("tasks", "list")).out).toContain("Second");
  });

  it("runs admin commands with the admin role and scopes", async () => {
    const scopes = "workspace:manage,member:read,member:manage,invite:manage,key:manage";
    const env = await keyFor(scopes, "--role", "admin");
    const runJob = (...argv: string[]) => expectDone(job.projo(argv, { env }));
    await runJob("workspaces", "rename", "Renamed");
    expect((await runJob("members", "list")).out).toContain(`ann${rounds}@example.com`);
    await runJob("invites", "create", "bob@example.com");
    await runJob("invites", "resend", "bob@example.com");
    await runJob("invites", "revoke", "bob@example.com");
    expect((await runJob("keys", "list")).out).toContain("ci");
    await runJob("keys", "create", "lesser", "--scopes", "member:read");
  });

  it("lists tasks without project:read, with project ids instead of names", async () => {
    const project = (await projo("projects", "create", "Website")).out.trim();
    const env = await keyFor("task:read,task:write");
    await expectDone(job.projo(["tasks", "create", "First", "--project", project], { env }));
    const { out } = await expectDone(job.projo(["tasks", "list"], { env }));
    expect(out).toContain(project);
  });

  it("appears as a service key in whoami, with its workspace if it has workspace:read", async () => {
    const env = await keyFor("workspace:read");
    const { out } = await expectDone(job.projo(["whoami"], { env }));
    expect(out).toMatch(/^Service key from PROJO_TOKEN\n/);
    expect(out).toMatch(/^Workspace: Acme \([0-9a-f-]{36}\), as member$/m);
    expect(await jsonOf(withEnvironment(env), "whoami")).toMatchObject({
      user: null,
      workspace: { name: "Acme" },
    });
    const blind = await keyFor("task:read");
    expect((await expectDone(job.projo(["whoami"], { env: blind }))).out).toContain(
      "Workspace: the key's own (the key has no workspace:read scope to show it)",
    );
    expect(await jsonOf(withEnvironment(blind), "whoami")).toMatchObject({ user: null, workspace: null });
  });

  it("acts in the key's own workspace, also when a stored session has another one selected", async () => {
    const env = await keyFor(ALL_WORK);
    await expectDone(job.projo(["projects", "create", "Ours"], { env }));
    const bob = await openSignedIn(server.url, `bob${rounds}@example.com`);
    expect((await expectDone(bob.projo(["projects", "list"], { env }))).out).toContain("Ours");
    expect((await expectDone(bob.projo(["projects", "list"]))).out).not.toContain("Ours");
    await bob.close();
  });

  it("accepts its own workspace as an option, and refuses another one", async () => {
    const env = await keyFor(ALL_WORK);
    const own = await jsonOf<{ items: { id: string }[] }>(ann, "workspaces", "list");
    const list = ["projects", "list", "--workspace"];
    await expectDone(job.projo([...list, own.items[0]?.id ?? ""], { env }));
    await expectDone(job.projo([...list, "Acme"], { env }));
    await expectDone(job.projo(["projects", "list"], { env: { ...env, PROJO_WORKSPACE: "Acme" } }));
    expect(await refused(job, [...list, "Other"], { env })).toEqual([
      1,
      'The service key in PROJO_TOKEN belongs to the workspace Acme, not to "Other". Omit the workspace: a key always acts in its own.',
    ]);
    const { out: other } = await projo("workspaces", "create", "Other");
    expect(await refused(job, [...list, other.trim()], { env })).toEqual([
      1,
      "The service key in PROJO_TOKEN belongs to another workspace. Omit the workspace: a key always acts in its own.",
    ]);
    await projo("workspaces", "use", own.items[0]?.id ?? "");
    const blind = await keyFor("project:read");
    expect((await refused(job, [...list, "Acme"], { env: blind }))[1]).toContain("may not read the name");
  });

  it("exits with 1 when its scopes do not allow the call", async () => {
    const env = await keyFor("task:read");
    expect(await refused(job, ["projects", "create", "Website"], { env })).toEqual([1, NOT_ALLOWED]);
    const { err } = await job.projo(["projects", "create", "Website", "--json"], { env });
    expect(JSON.parse(err)).toMatchObject({ error: { reason: "permission.denied", status: 403 } });
  });

  it("exits with 4 when its key is wrong or expired", async () => {
    const env = await keyFor("task:read");
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE name = 'ci'");
    expect(await refused(job, ["tasks", "list"], { env })).toEqual([4, INVALID_KEY]);
    expect(await refused(job, ["whoami"], { env })).toEqual([4, INVALID_KEY]);
    expect(await refused(job, ["tasks", "list"], { env: { PROJO_TOKEN: "pjk_nonsense" } })).toEqual([
      4,
      INVALID_KEY,
    ]);
    expect((await projo("keys", "list")).out).toMatch(/^[0-9a-f-]{36}\t[^\t]+\texpired\t/m);
  });

  it("M2 loses access when its workspace is deleted, and regains it when the workspace is restored", async () => {
    const env = await keyFor("task:read");
    await projo("workspaces", "delete", "--yes", "--name", "Acme");
    expect(await refused(job, ["tasks", "list"], { env })).toEqual([4, INVALID_KEY]);
    await projo("workspaces", "restore", "Acme");
    await expectDone(job.projo(["tasks", "list"], { env }));
  });

  it("cannot run user-only commands, which fail before any prompt", async () => {
    const env = await keyFor(ALL_WORK);
    for (const argv of [
      ["sessions", "list"],
      ["password", "change"],
      ["email", "resend"],
      ["workspaces", "list"],
      ["workspaces", "create", "Mine"],
      ["workspaces", "use", "Acme"],
      ["workspaces", "leave"],
      ["workspaces", "restore", "Acme"],
      ["invites", "mine"],
      ["invites", "accept"],
      ["invites", "decline"],
      ["tasks", "list", "--created-by", "me"],
      ["call", "auth.me"],
    ]) {
      expect(await refused(job, argv, { env })).toEqual([1, USERS_ONLY]);
    }
    const { err } = await job.projo(["workspaces", "leave", "--json"], { env });
    expect(JSON.parse(err)).toMatchObject({ error: { reason: "auth.person_required" } });
  });
});
