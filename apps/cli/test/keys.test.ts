import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, openShell, openSignedIn, type Shell } from "./kit.ts";
import { jsonOf, openVerifiedAdmin } from "./people.ts";

let server: TestServer;
/** The admin, and a CI job where nobody has ever signed in. */
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

/** Makes a key. @returns the environment that holds its token, and nothing else */
async function keyFor(scopes: string, ...options: string[]): Promise<{ PROJO_TOKEN: string }> {
  const { out } = await projo("keys", "create", "ci", "--scopes", scopes, ...options);
  return { PROJO_TOKEN: out.trim() };
}

/** The job's shell, where each command finds the key. */
const holding = (env: Record<string, string>): Shell => ({
  ...job,
  projo: (argv, options) => job.projo(argv, { ...options, env }),
});

/** A refusal is one line on stderr, and nothing on stdout. */
async function refused(shell: Shell, argv: readonly string[], options: Parameters<Shell["projo"]>[1] = {}) {
  const { code, out, err } = await shell.projo(argv, options);
  expect(out).toBe("");
  expect(err).toMatch(/^projo: [^\n]+\n$/);
  return [code, err.slice("projo: ".length, -1)];
}

const ALL_WORK = "workspace:read,project:read,project:write,task:read,task:write";
const PEOPLE = "A service key cannot do this. Sign in as a user. Unset PROJO_TOKEN, and run: projo login";
const DEAD =
  "The service key in PROJO_TOKEN is wrong, expired or revoked, or its workspace was deleted. An admin sees: projo keys list";
const NOT_ALLOWED =
  "The scopes of the service key in PROJO_TOKEN do not reach this, or its role does not. An admin sees them: projo keys list";

describe("service keys", () => {
  it("are made with their token alone on stdout, and listed without it", async () => {
    const { out, err } = await projo(
      "keys",
      "create",
      "deploy",
      "--scopes",
      "task:write, task:read",
      "--days",
      "30",
    );
    expect(out).toMatch(/^pjk_[\w-]{70}\n$/);
    expect(err).toMatch(
      /^Made the service key deploy \([0-9a-f-]{36}\)\. It acts as member, with task:read, task:write, until \S+Z\.\n/,
    );
    expect(err).not.toContain("pjk_");
    const listed = await projo("keys", "list");
    const month = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    expect(listed.out).toMatch(
      new RegExp(
        String.raw`^ +[0-9a-f-]{36} +active +member +${month} +never +deploy +task:read,task:write$`,
        "m",
      ),
    );
    expect(listed.out + listed.err).not.toContain(out.trim());
    expect(listed.err).toBe("");
    const asJson = await jsonOf<{ items: object[] }>(ann, "keys", "list", "--status", "active");
    expect(asJson).toMatchObject({ items: [{ name: "deploy", creatorIsMember: true }], nextCursor: null });
    expect(JSON.stringify(asJson)).not.toContain("pjk_");
    expect((await projo("keys", "list", "--status", "revoked")).err).toBe("No service key is revoked.\n");
  });

  it("rotated work by both tokens for as long as was said, and by the new one only with 0", async () => {
    const first = await keyFor("task:read");
    const list = ["tasks", "list"];
    const { out, err } = await projo("keys", "rotate", "ci");
    const second = { PROJO_TOKEN: out.trim() };
    expect(err).toMatch(/The token before works until \S+Z\./);
    for (const env of [first, second]) await expectDone(job.projo(list, { env }));
    const third = await projo("keys", "rotate", "ci", "--overlap-hours", "0");
    expect(third.err).not.toContain("The token before");
    for (const env of [first, second]) expect(await refused(job, list, { env })).toEqual([4, DEAD]);
    await expectDone(job.projo(list, { env: { PROJO_TOKEN: third.out.trim() } }));
  });

  it("M2 revoked only after a yes, are refused from the next call on", async () => {
    const env = await keyFor("task:read");
    expect(await refused(ann, ["keys", "revoke", "ci"])).toEqual([
      2,
      "Nobody is here to ask. To revoke the service key ci, add --yes",
    ]);
    expect((await ann.projo(["keys", "revoke", "ci"], { types: [["Revoke", "n"]] })).err).toContain(
      "Nothing was revoked.",
    );
    await expectDone(job.projo(["tasks", "list"], { env }));
    const { err } = await expectDone(ann.projo(["keys", "revoke", "ci"], { types: [["Revoke", "y"]] }));
    expect(err).toContain("Revoked the service key ci: it no longer works.");
    expect(await refused(job, ["tasks", "list"], { env })).toEqual([4, DEAD]);
    expect(await refused(ann, ["keys", "rotate", "ci"])).toEqual([
      1,
      'There is no service key "ci". See: projo keys list',
    ]);
  });

  it("of one name are told apart by their ids", async () => {
    const make = () => jsonOf<{ id: string }>(ann, "keys", "create", "twin", "--scopes", "task:read");
    const ids = [(await make()).id, (await make()).id];
    const [code, message] = await refused(ann, ["keys", "revoke", "twin", "--yes"]);
    expect(code).toBe(1);
    expect(message).toContain('2 service keys are named "twin". Give the id of the one you mean:');
    for (const id of ids) expect(message).toContain(id);
    expect(await jsonOf(ann, "keys", "revoke", ids[0] ?? "", "--yes")).toMatchObject({
      id: ids[0],
      status: "revoked",
    });
    expect((await projo("keys", "revoke", "twin", "--yes")).err).toContain("Revoked the service key twin");
  });

  it("asked for wrongly are refused with what is allowed", async () => {
    const create = ["keys", "create", "ci"];
    expect(await refused(ann, create)).toEqual([
      2,
      "Required option '--scopes <scopes>' not specified. See: projo keys create --help",
    ]);
    const [code, message] = await refused(ann, [...create, "--scopes", "task:read,task:fly"]);
    expect(code).toBe(2);
    expect(message).toContain("There is no scope 'task:fly'. They are: audit:read,");
    expect((await refused(ann, [...create, "--scopes", " , "]))[0]).toBe(2);
    expect(await refused(ann, [...create, "--role", "viewer", "--scopes", "task:write"])).toEqual([
      1,
      "scopes: The role viewer does not hold task:write.",
    ]);
    for (const [option, value] of [
      ["--days", "0"],
      ["--days", "366"],
      ["--days", "soon"],
    ] as const) {
      const [wrong, words] = await refused(ann, [...create, "--scopes", "task:read", option, value]);
      expect(wrong).toBe(2);
      expect(words).toContain("It must be a whole number from 1 to 365.");
    }
  });
});

describe("a job with a service key in PROJO_TOKEN", () => {
  it("does all the work its scopes allow, without a sign-in and without a workspace named", async () => {
    const env = await keyFor(ALL_WORK);
    const does = (...argv: string[]) => expectDone(job.projo(argv, { env }));
    await does("projects", "create", "Website");
    const id = (await does("tasks", "create", "First", "--project", "Website")).out.trim();
    await does("tasks", "update", id, "--status", "done");
    await job.file("rows.csv", "project,title\nWebsite,Second\n");
    await does("tasks", "import", "rows.csv");
    expect((await does("tasks", "list")).out).toMatch(/done +Website +First$/m);
    await does("tasks", "delete", id);
    expect(JSON.parse((await does("call", "tasks.list")).out)).toMatchObject({
      items: [{ title: "Second" }],
    });
    expect((await projo("tasks", "list")).out).toContain("Second");
  });

  it("does the work of an admin where its role and scopes say so", async () => {
    const scopes = "workspace:manage,member:read,member:manage,invite:manage,key:manage";
    const env = await keyFor(scopes, "--role", "admin");
    const does = (...argv: string[]) => expectDone(job.projo(argv, { env }));
    await does("workspaces", "rename", "Renamed");
    expect((await does("members", "list")).out).toContain(`ann${rounds}@example.com`);
    await does("invites", "create", "bob@example.com");
    await does("invites", "resend", "bob@example.com");
    await does("invites", "revoke", "bob@example.com");
    expect((await does("keys", "list")).out).toContain("ci");
    await does("keys", "create", "lesser", "--scopes", "member:read");
  });

  it("reads tasks although it may not see the projects, whose ids it prints", async () => {
    const project = (await projo("projects", "create", "Website")).out.trim();
    const env = await keyFor("task:read,task:write");
    await expectDone(job.projo(["tasks", "create", "First", "--project", project], { env }));
    const { out } = await expectDone(job.projo(["tasks", "list"], { env }));
    expect(out).toContain(project);
  });

  it("is a service key to whoami, and its workspace is shown if it may read that", async () => {
    const env = await keyFor("workspace:read");
    const { out } = await expectDone(job.projo(["whoami"], { env }));
    expect(out).toMatch(/^A service key, from PROJO_TOKEN\n/);
    expect(out).toMatch(/^Workspace: Acme \([0-9a-f-]{36}\), as member$/m);
    expect(await jsonOf(holding(env), "whoami")).toMatchObject({
      user: null,
      workspace: { name: "Acme" },
    });
    const blind = await keyFor("task:read");
    expect((await expectDone(job.projo(["whoami"], { env: blind }))).out).toContain(
      "Workspace: its own, which it may not read (scope workspace:read)",
    );
    expect(await jsonOf(holding(blind), "whoami")).toMatchObject({ user: null, workspace: null });
  });

  it("acts in the key's own workspace, also beside somebody's stored sign-in with another chosen", async () => {
    const env = await keyFor(ALL_WORK);
    await expectDone(job.projo(["projects", "create", "Ours"], { env }));
    const bob = await openSignedIn(server.url, `bob${rounds}@example.com`);
    expect((await expectDone(bob.projo(["projects", "list"], { env }))).out).toContain("Ours");
    expect((await expectDone(bob.projo(["projects", "list"]))).out).not.toContain("Ours");
    await bob.close();
  });

  it("may be told its workspace, and no other", async () => {
    const env = await keyFor(ALL_WORK);
    const own = await jsonOf<{ items: { id: string }[] }>(ann, "workspaces", "list");
    const list = ["projects", "list", "--workspace"];
    await expectDone(job.projo([...list, own.items[0]?.id ?? ""], { env }));
    await expectDone(job.projo([...list, "Acme"], { env }));
    await expectDone(job.projo(["projects", "list"], { env: { ...env, PROJO_WORKSPACE: "Acme" } }));
    expect(await refused(job, [...list, "Other"], { env })).toEqual([
      1,
      'The service key in PROJO_TOKEN is for the workspace Acme, not for "Other". Leave the workspace out: the key brings its own.',
    ]);
    const { out: other } = await projo("workspaces", "create", "Other");
    expect(await refused(job, [...list, other.trim()], { env })).toEqual([
      1,
      "The service key in PROJO_TOKEN is for another workspace. Leave the workspace out: the key brings its own.",
    ]);
    await projo("workspaces", "use", own.items[0]?.id ?? "");
    const blind = await keyFor("project:read");
    expect((await refused(job, [...list, "Acme"], { env: blind }))[1]).toContain("may not read the name");
  });

  it("is told what its scopes do not reach, with 1", async () => {
    const env = await keyFor("task:read");
    expect(await refused(job, ["projects", "create", "Website"], { env })).toEqual([1, NOT_ALLOWED]);
    const { err } = await job.projo(["projects", "create", "Website", "--json"], { env });
    expect(JSON.parse(err)).toMatchObject({ error: { reason: "permission.denied", status: 403 } });
  });

  it("whose key is wrong or has expired ends with 4, and says so", async () => {
    const env = await keyFor("task:read");
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE name = 'ci'");
    expect(await refused(job, ["tasks", "list"], { env })).toEqual([4, DEAD]);
    expect(await refused(job, ["whoami"], { env })).toEqual([4, DEAD]);
    expect(await refused(job, ["tasks", "list"], { env: { PROJO_TOKEN: "pjk_nonsense" } })).toEqual([
      4,
      DEAD,
    ]);
    expect((await projo("keys", "list")).out).toMatch(/^ +[0-9a-f-]{36} +expired /m);
  });

  it("M2 is locked out by the deletion of its workspace, and let in again by its restoring", async () => {
    const env = await keyFor("task:read");
    await projo("workspaces", "delete", "--yes", "--name", "Acme");
    expect(await refused(job, ["tasks", "list"], { env })).toEqual([4, DEAD]);
    await projo("workspaces", "restore", "Acme");
    await expectDone(job.projo(["tasks", "list"], { env }));
  });

  it("is told of what only people do, before it is asked for anything", async () => {
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
      ["tasks", "list", "--created-by", "me"],
      ["call", "auth.me"],
    ]) {
      expect(await refused(job, argv, { env })).toEqual([1, PEOPLE]);
    }
    const { err } = await job.projo(["workspaces", "leave", "--json"], { env });
    expect(JSON.parse(err)).toMatchObject({ error: { reason: "auth.person_required" } });
  });
});
