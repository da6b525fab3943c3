import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, PASSWORD, type Shell } from "./kit.ts";
import { openMember, openVerifiedAdmin } from "./people.ts";

let server: TestServer;
let admin: Shell;
let viewer: Shell;

beforeAll(async () => {
  server = await startTestServer();
  admin = await openVerifiedAdmin(server, "ann@example.com");
  viewer = await openMember(server, admin, { email: "vic@example.com", role: "viewer" });
  await expectDone(admin.projo(["projects", "create", "Website"]));
});

afterAll(async () => {
  await viewer?.close();
  await admin?.close();
  await server?.close();
});

interface Failing {
  /** A command line in which quotation marks keep words together. */
  line: string;
  shell?: Shell;
  code?: number;
  stdin?: string;
  fetch?: Fetch;
}

/** Runs a command that fails. @returns its one line on stderr */
async function failure({ line, shell = admin, code = 2, ...options }: Failing): Promise<string> {
  const argv = Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, word]) => quoted ?? word ?? "");
  const outcome = await shell.projo(argv, options);
  expect(outcome.out).toBe("");
  expect(outcome.err).toMatch(/^projo: [^\n]+\n$/);
  expect(outcome.code, outcome.err).toBe(code);
  return outcome.err.slice("projo: ".length, -1);
}

const forbidden: Fetch = () => {
  throw new Error("A request was sent.");
};

const LONG = "x".repeat(243);
const ID = "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11";

describe("a wrong command line is refused before anything is sent, and", () => {
  it.each([
    ["users", "Did you mean: projo members? See: projo --help"],
    ["users ls", "Did you mean: projo members list? See: projo --help"],
    ["add task", "Did you mean: projo tasks create? See: projo --help"],
    ["taks", "Did you mean: projo tasks? See: projo --help"],
    ["tokens", "Did you mean: projo keys? See: projo --help"],
    ["logs", "Did you mean: projo audit? See: projo --help"],
    ["register", "Did you mean: projo signup? See: projo --help"],
    ["signin", "Did you mean: projo login? See: projo --help"],
    ["sign-out", "Did you mean: projo logout? See: projo --help"],
    ["version", "Did you mean: projo --version? See: projo --help"],
    ["tasks add x", "Did you mean: projo tasks create? See: projo tasks --help"],
    ["tasks updaet x", "Did you mean: projo tasks edit? See: projo tasks --help"],
    ["members add bob@example.com", "Did you mean: projo invites create EMAIL? See: projo members --help"],
    ["members promote bob", "Did you mean: projo members role EMAIL ROLE? See: projo members --help"],
    ["keys disable x", "Did you mean: projo keys revoke? See: projo keys --help"],
    ["invites cancel x", "Did you mean: projo invites revoke? See: projo invites --help"],
    ["workspaces switch x", "Did you mean: projo workspaces use? See: projo workspaces --help"],
  ])("the command is suggested that is meant by: projo %s", async (line, end) => {
    const message = await failure({ line, fetch: forbidden });
    expect(message).toMatch(/^There is no command "projo [a-z -]+"\. /);
    expect(message.replace(/^.*?"\. /, "")).toBe(end);
  });

  it("nothing far-fetched is suggested", async () => {
    for (const line of [
      "bake",
      "tasks bake",
      "help nope",
      "nope --help",
      "tasks help nope",
      "tasks nope --help",
    ]) {
      expect(await failure({ line })).toMatch(
        /^There is no command "projo [a-z ]+"\. See: projo [a-z ]*--help$/,
      );
    }
    expect(await failure({ line: "tasks list --bake" })).toBe(
      "There is no option --bake. See: projo tasks list --help",
    );
    expect(await failure({ line: "rename Better" })).toContain("projo workspaces rename");
    expect(await failure({ line: "rename Better" })).not.toContain("create");
    expect(await failure({ line: "list" })).toContain(
      "Name the kind of thing first, such as: projo projects list",
    );
  });

  it.each([
    ["tasks list --statsu todo", "There is no option --statsu. Did you mean --status?"],
    ["tasks list --since 2026-01-31", "There is no option --since. Did you mean --created-after?"],
    ["tasks list --sort newest", "There is no option --sort. Did you mean --order?"],
    ["tasks list --max 3", "There is no option --max. Did you mean --limit?"],
    [
      "tasks list --created x",
      "There is no option --created. Did you mean --created-by, --created-after or --created-before?",
    ],
    ["projects delete Website -y", "There is no option -y. Did you mean --yes?"],
    ["audit list --author x", "There is no option --author. Did you mean --actor?"],
    ["login --server x", "There is no option --server. Did you mean --url?"],
    ["login --password=secret", "There is no option --password. Did you mean --password-stdin?"],
    ["keys create x --scope task:read", "There is no option --scope. Did you mean --scopes?"],
    ["tasks create", "Missing arguments: <title>, --project <id-or-name>."],
    ["projects create", "Missing argument: <name>."],
    ["members role ann@example.com", "Missing argument: <role>."],
    [
      "tasks create Write it --project x",
      "projo tasks create takes only [title], and 2 arguments were given. Put a text with spaces in quotation marks.",
    ],
    ["login ann@example.com secret", "projo login takes only [email], and 2 arguments were given."],
    ["whoami x", "projo whoami takes no argument."],
    ["tasks list --status late", '--status: there is no status "late". Use todo, doing or done.'],
    [
      "tasks list --status doen",
      '--status: there is no status "doen". Did you mean done? Use todo, doing or done.',
    ],
    ["tasks list --order up", '--order: there is no order "up". Use newest, oldest or last_changed.'],
    ["tasks list --limit 0", '--limit: use a whole number of at least 1, not "0".'],
    ["tasks list --status", "--status needs a value: --status <status>."],
    ["tasks list --all=secret", "--all takes no value. Write it alone, or omit it."],
    ["tasks get x --format json", "There is no option --format. Did you mean --json?"],
    ["tasks list --all --limit 3", "Use --all or --limit, not both."],
    ["members role ann@example.com owner", 'There is no role "owner". Use viewer, member or admin.'],
    [
      "invites create bob@example.com --role owner",
      '--role: there is no role "owner". Use viewer, member or admin.',
    ],
    [
      "invites list --status open",
      '--status: there is no status "open". Use pending, accepted, declined, revoked or expired.',
    ],
    ["keys list --status old", '--status: there is no status "old". Use active, expired or revoked.'],
    ["keys create x --scopes task:reed", '--scopes: there is no scope "task:reed". Did you mean task:read?'],
    ["keys create x --scopes task:read --days 0", '--days: use a whole number from 1 to 365, not "0".'],
    ["keys rotate x --overlap-hours 200", '--overlap-hours: use a whole number from 0 to 168, not "200".'],
    ["audit export --format xml", '--format: there is no format "xml". Use ndjson or csv.'],
    ["audit tail --interval 0", '--interval: use 0.1 to 3600 seconds, not "0".'],
  ])("says what to write: projo %s", async (line, start) => {
    const message = await failure({ line, fetch: forbidden });
    expect(message.replace(/ See: projo [a-z ]+--help$/, "")).toBe(start);
    expect(message).toMatch(/ See: projo [a-z ]+--help$/);
    expect(message).not.toContain("secret");
  });
});

describe("input that the server refuses is described with the option or the argument", () => {
  it.each([
    [`tasks create ${LONG} --project Website`, "title: use at most 200 characters (yours has 243)."],
    [`tasks create " " --project Website`, "title: must not be empty."],
    [`tasks create x --project ${LONG}`, "--project: use at most 200 characters (yours has 243)."],
    [`tasks update ${ID} --title ${LONG}`, "--title: use at most 200 characters (yours has 243)."],
    [
      "tasks list --created-after soon",
      "--created-after: use a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z.",
    ],
    [
      "tasks list --created-before 2026-13-45",
      "--created-before: there is no 2026-13-45. Use a date such as 2026-01-31.",
    ],
    ["tasks list --created-after 0000-01-01", "--created-after: use a date in the years 1 to 9999."],
    [`tasks list --search ${LONG}`, "--search: use at most 200 characters (yours has 243)."],
    [
      "tasks list --cursor x",
      "--cursor: the cursor is invalid, or it belongs to another list, other filters or another order. Start again without --cursor.",
    ],
    [`projects create ${LONG}`, "name: use at most 200 characters (yours has 243)."],
    ["projects create \u200b", "name: must contain a visible character."],
    [`projects list --search ""`, "--search: must not be empty."],
    [`workspaces create ""`, "name: must not be empty."],
    [`workspaces rename ${LONG}`, "name: use at most 200 characters (yours has 243)."],
    [
      "workspaces delete --yes --name Other",
      "--name: this is not the name of this workspace. Write its name exactly as it is.",
    ],
    [`keys create ${LONG} --scopes task:read`, "name: use at most 200 characters (yours has 243)."],
    [`members list --search ${LONG}`, "--search: use at most 200 characters (yours has 243)."],
    ["invites create bob", "email: use an address such as ann@example.com."],
    [
      "invites create bob@localhost",
      "email: the domain has no dot. Enter the full domain, such as example.com.",
    ],
    [
      "audit list --action task.delete",
      '--action: there is no action "task.delete". Did you mean task.deleted?',
    ],
    [
      "audit list --action deleted",
      '--action: there is no action "deleted". Did you mean workspace.deleted, project.deleted or task.deleted?',
    ],
    [
      "audit list --from yesterday",
      "--from: use a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z.",
    ],
    ["audit list --to 2026-02-31", "--to: there is no 2026-02-31. Use a date such as 2026-01-31."],
    [
      "audit list --to 2026-01-31T25:00:00Z",
      "--to: there is no time 25:00:00. Use a time such as 2026-01-31T12:00:00Z.",
    ],
    [
      "tasks list --created-after 2026-01-31T12:00:00+99:00",
      "--created-after: there is no time zone +99:00. Use a time such as 2026-01-31T12:00:00+02:00.",
    ],
    [
      "tasks list --created-after 2026-02-01 --created-before 2026-01-01",
      "--created-after: use a time before that of --created-before, or nothing can match.",
    ],
    [
      "audit list --from 2026-02-01 --to 2026-02-01",
      "--from: use a time before that of --to, or nothing can match.",
    ],
    [
      "audit list --target tasks",
      '--target: there is no type "tasks". Did you mean task? Use workspace, member, invite, key, project, task, operation, audit or user.',
    ],
    [
      "audit list --target passwords:x",
      '--target: there is no type "passwords". Use workspace, member, invite, key, project, task, operation, audit or user.',
    ],
    [
      "audit list --target operation:task.delete",
      '--target: there is no operation "task.delete". Did you mean tasks.delete?',
    ],
    ["audit list --target operation:sudo", '--target: there is no operation "sudo". See: projo call --help'],
    [
      "audit list --target workspace:Acme",
      '--target: "Acme" is not an id. Write workspace:ID, or workspace alone for any.',
    ],
    ["audit list --target :", '--target: ":" has the wrong form. Write it as TYPE:ID, such as task:ID.'],
    [`tasks list --search ${LONG.repeat(80)}`, "The input is longer than the server accepts. Shorten it."],
    [
      `tasks create ${LONG.repeat(500)} --project Website`,
      "The input is longer than the server accepts. Shorten it.",
    ],
    [`tasks get ${LONG}`, `"${"x".repeat(200)}…" is not the id of a task.`],
    [`tasks list --status ${LONG}`, `there is no status "${"x".repeat(200)}…".`],
    ["password reset-request bob", "email: use an address such as ann@example.com."],
    [`call projects.create {"name":""}`.replaceAll('"', "'"), "The input is not JSON"],
  ])("projo %s", async (line, message) => {
    expect(await failure({ line })).toContain(message);
  });

  it.each([
    [
      "signup eve@example.com --password-stdin",
      "brief",
      "The new password is too short. Use at least 15 characters.",
    ],
    ["signup eve --password-stdin", PASSWORD, "email: use an address such as ann@example.com."],
    [
      "signup eve@example.com --password-stdin",
      "aaaaaaaaaaaaaaaaaaaa",
      "password: it is too easy to guess. Use four words chosen at random.",
    ],
    [
      "password change --password-stdin",
      `${PASSWORD}\nsomewhat long`,
      "The new password is too short. Use at least 15 characters.",
    ],
    [
      "email verify --stdin",
      "nonsense",
      "This text contains no token. Paste the token or the link from the mail.",
    ],
    [
      "call tasks.list -",
      '{"sort":1}',
      'The input has no field "sort". Its fields are limit, cursor, order, projectId, status, createdBy, createdAfter, createdBefore, search, idPrefix, include.',
    ],
    [
      "call tasks.create -",
      '{"title":5}',
      "projectId: is missing. It must be a text. title: must be a text, not a number.",
    ],
  ])("from standard input: projo %s", async (line, stdin, message) => {
    const shown = await failure({ line, stdin });
    expect(shown).toBe(message);
    expect(shown).not.toContain(stdin);
  });

  it.each([
    ["members get ann", 'There is no member "ann". Did you mean ann@example.com? See: projo members list'],
    ["tasks list --created-by vic@exmple.com", "Did you mean vic@example.com?"],
    ["audit list --actor vic", "Did you mean vic@example.com? Of a former member, use the whole id."],
    [
      "audit list --target member:vic",
      "Did you mean vic@example.com? Of one that was deleted, use the whole id.",
    ],
    ["tasks list --project Wesbite", 'There is no project "Wesbite". Did you mean Website?'],
    ["tasks create x --project Web", "Did you mean Website?"],
    ["workspaces get Acm", "Did you mean Acme?"],
  ])("and an unknown name with a similar one: projo %s", async (line, message) => {
    expect(await failure({ line, code: 1 })).toContain(message);
  });

  it("and an unknown name alone if none is similar", async () => {
    for (const line of ["members get bob@example.com", "tasks list --project Mills", "workspaces get Looms"])
      expect(await failure({ line, code: 1 })).toMatch(
        /^There is no [a-z]+ "[^"]+"\. See: projo [a-z]+ list$/,
      );
  });

  it("and a refusal of the role names the role that is needed", async () => {
    for (const line of [
      "invites create bob@example.com",
      "audit list",
      "keys list",
      "workspaces rename x",
      "members remove ann@example.com --yes",
      "projects delete Website --yes",
    ]) {
      const message = await failure({ shell: viewer, code: 1, line });
      expect(message).toBe("Only an admin can do this. See: projo members list --role admin");
    }
    for (const line of ["tasks create x --project Website", "projects create x"]) {
      const message = await failure({ shell: viewer, code: 1, line });
      expect(message).toBe(
        "A viewer cannot do this. Ask an admin for the role member. See: projo members list --role admin",
      );
    }
  });
});
