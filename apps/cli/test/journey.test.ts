import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "./kit.ts";

let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openShell(server.url);
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

const projo = (...argv: string[]) => expectDone(shell.projo(argv));
const json = async (...argv: string[]): Promise<unknown> =>
  JSON.parse((await projo(...argv, "--json")).out) as unknown;

const titles = async (...filters: string[]) => {
  const { items } = (await json("tasks", "list", ...filters)) as { items: { title: string }[] };
  return items.map(({ title }) => title);
};

describe("from nothing to a listed task", () => {
  it("signs up, and says what to do next", async () => {
    const signup = ["signup", "ann@example.com", "--password-stdin"];
    const { out, err } = await expectDone(shell.projo(signup, { stdin: `${PASSWORD}\n` }));
    expect(out).toBe("");
    expect(err).toContain(`Signed in to ${server.url} as ann@example.com.`);
    expect(err).toContain("Next: projo workspaces create NAME");
  });

  it("makes a workspace and chooses it", async () => {
    const { out, err } = await projo("workspaces", "create", "Acme");
    expect(out).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(err).toContain("Made the workspace Acme and chose it. Next: projo projects create NAME");
    expect((await projo("whoami")).out).toContain(`Workspace: Acme (${out.trim()}), as admin`);
  });

  it("makes a project and tasks in it, named by its name or id", async () => {
    const project = (await projo("projects", "create", "Website")).out.trim();
    await projo("tasks", "create", "Write the first page", "--project", "Website");
    await projo("tasks", "create", "Buy the domain", "--project", project, "--status", "done");
    const { out } = await projo("tasks", "list");
    expect(out.split("\n").map((line) => line.replace(/[0-9a-f-]{36}/, "ID").replaceAll(/ +/g, " "))).toEqual(
      [
        "ID STATUS PROJECT TITLE",
        "ID done Website Buy the domain",
        "ID todo Website Write the first page",
        "",
      ],
    );
  });

  it("finds tasks by status, project, words, maker and time", async () => {
    expect(await titles("--status", "todo")).toEqual(["Write the first page"]);
    expect(await titles("--search", "DOMAIN")).toEqual(["Buy the domain"]);
    expect(await titles("--project", "Website")).toHaveLength(2);
    expect(await titles("--created-by", "me")).toHaveLength(2);
    expect(await titles("--created-after", "2020-01-01", "--created-before", "2999-01-01")).toHaveLength(2);
    expect(await titles("--created-before", "2020-01-01")).toEqual([]);
  });

  it("changes and deletes a task", async () => {
    const id = (await projo("tasks", "create", "Short", "--project", "Website")).out.trim();
    await projo("tasks", "update", id, "--title", "Longer", "--status", "doing");
    expect(await json("call", "tasks.get", JSON.stringify({ id }))).toMatchObject({
      title: "Longer",
      status: "doing",
    });
    await projo("tasks", "delete", id);
    const gone = await shell.projo(["tasks", "delete", id]);
    expect(gone.code).toBe(1);
    expect(gone.err).toBe("projo: There is no such task in this workspace. See: projo tasks list\n");
  });

  it("deletes a project only after a yes", async () => {
    await projo("projects", "create", "Old");
    const unasked = await shell.projo(["projects", "delete", "Old"]);
    expect(unasked.code).toBe(2);
    expect(unasked.err).toContain("add --yes");
    const refused = await shell.projo(["projects", "delete", "Old"], { types: [["Delete", "n"]] });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("Nothing was deleted.");
    const agreed = await shell.projo(["projects", "delete", "Old"], { types: [["Delete", "y"]] });
    expect(agreed.err).toContain("Deleted the project Old and all its tasks.");
    expect((await projo("projects", "list")).out).not.toContain("Old");
  });

  it("gives another person in another workspace none of it", async () => {
    const other = await openSignedIn(server.url, "bob@example.com");
    const { out, err } = await expectDone(other.projo(["tasks", "list"]));
    expect(out).toBe("");
    expect(err).toContain("There are no tasks yet.");
    const workspace = (await json("workspaces", "list")) as { items: { id: string }[] };
    const foreign = await other.projo(["tasks", "list", "--workspace", workspace.items[0]?.id ?? ""]);
    expect(foreign.code).toBe(1);
    expect(foreign.err).toContain("There is no workspace");
    await other.close();
  });

  it("signs out, and the token is dead", async () => {
    const file = await readFile(join(shell.home, ".config", "projo", "credentials.json"), "utf8");
    const token = /"accessToken": "([^"]+)"/.exec(file)?.[1] ?? "";
    const withToken = { env: { PROJO_TOKEN: token } };
    await expectDone(shell.projo(["call", "auth.me"], withToken));
    const { err } = await projo("logout");
    expect(err).toBe(`Signed out of ${server.url}.\n`);
    expect((await shell.projo(["call", "auth.me"], withToken)).code).toBe(4);
    const after = await shell.projo(["whoami"]);
    expect(after.code).toBe(4);
    expect(after.err).toBe(`projo: Not signed in to ${server.url}. Run: projo login\n`);
    expect((await projo("logout")).err).toContain("You were not signed in");
  });

  it("another person who signs in on this machine does not act in the workspace of the one before", async () => {
    const other = await openSignedIn(server.url, "zoe@example.com");
    await expectDone(other.projo(["signup", "yan@example.com", "--password-stdin"], { stdin: PASSWORD }));
    expect((await expectDone(other.projo(["whoami"]))).out).toContain("Workspace: none chosen.");
    await other.close();
  });

  it("signs in again, and remembers nothing of the workspace of before", async () => {
    await expectDone(shell.projo(["login", "ann@example.com", "--password-stdin"], { stdin: PASSWORD }));
    const lost = await shell.projo(["tasks", "list"]);
    expect(lost.code).toBe(1);
    expect(lost.err).toBe(
      "projo: No workspace chosen. Run: projo workspaces use NAME (or make one: projo workspaces create NAME)\n",
    );
    await projo("workspaces", "use", "Acme");
    expect((await projo("workspaces", "list")).out).toMatch(/^\* +[0-9a-f-]{36} +admin +Acme$/m);
  });
});

describe("for programs", () => {
  it("a list is an object of items and the cursor of the next page", async () => {
    for (const title of ["one", "two", "three"])
      await projo("tasks", "create", title, "--project", "Website");
    const first = (await json("tasks", "list", "--limit", "2")) as { items: object[]; nextCursor: string };
    expect(first.items).toHaveLength(2);
    expect(Object.keys(first)).toEqual(["items", "nextCursor"]);
    const rest = (await json(
      "tasks",
      "list",
      "--limit",
      "100",
      "--cursor",
      first.nextCursor,
    )) as typeof first;
    expect(rest.nextCursor).toBeNull();
    const all = (await json("tasks", "list", "--all")) as typeof first;
    expect(all.items).toEqual([...first.items, ...rest.items]);
  });

  it("what is made is printed whole as JSON, and as its id alone without --json", async () => {
    expect(await json("projects", "create", "App")).toMatchObject({ name: "App" });
    expect((await projo("projects", "create", "App 2")).out).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(await json("whoami")).toMatchObject({
      url: server.url,
      user: { email: "ann@example.com" },
      workspace: { name: "Acme", role: "admin" },
    });
  });

  it("an error is an object on stderr with its reason", async () => {
    const { code, out, err } = await shell.projo(["tasks", "create", "", "--project", "Website", "--json"]);
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(JSON.parse(err)).toMatchObject({
      error: {
        reason: "input.invalid",
        message: "title: Must not be empty.",
        status: 400,
        requestId: expect.any(String) as string,
        fieldErrors: { title: ["Must not be empty."] },
      },
    });
    const usage = await shell.projo(["tasks", "list", "--limit", "none", "--json"]);
    expect(usage.code).toBe(2);
    expect(JSON.parse(usage.err)).toMatchObject({ error: { reason: "cli.usage" } });
  });

  it("any operation can be called by its name, with its input from a pipe", async () => {
    expect(await json("call", "system.health")).toMatchObject({ status: "ok" });
    const piped = await expectDone(
      shell.projo(["call", "projects.create", "-"], { stdin: '{"name":"Piped"}' }),
    );
    expect(JSON.parse(piped.out)).toMatchObject({ name: "Piped" });
  });

  it("PROJO_TOKEN and PROJO_WORKSPACE speak instead of what is stored", async () => {
    const other = await openShell(server.url);
    const signUp = { email: "eve@example.com", password: PASSWORD };
    const called = await expectDone(
      other.projo(["call", "auth.signUp", "-"], { stdin: JSON.stringify(signUp) }),
    );
    const { accessToken } = JSON.parse(called.out) as { accessToken: string };
    const env = { PROJO_TOKEN: accessToken };
    expect((await expectDone(shell.projo(["whoami"], { env: env }))).out).toContain("eve@example.com");
    const made = await expectDone(other.projo(["workspaces", "create", "Eve's"], { env }));
    expect(made.err).toContain(`set PROJO_WORKSPACE=${made.out.trim()}`);
    const chosen = { env: { ...env, PROJO_WORKSPACE: "Eve's" } };
    await expectDone(other.projo(["projects", "create", "Hers"], chosen));
    await other.close();
  });
});

describe("names", () => {
  it("a name that several have is answered with their ids", async () => {
    const ids = [
      (await projo("projects", "create", "Twin")).out.trim(),
      (await projo("projects", "create", "Twin")).out.trim(),
    ];
    const { code, err } = await shell.projo(["tasks", "create", "x", "--project", "Twin"]);
    expect(code).toBe(1);
    expect(err).toContain('2 projects are named "Twin". Give the id of the one you mean:');
    for (const id of ids) expect(err).toContain(id);
  });

  it("a name counts letter for letter, and an unknown one names the command that lists them", async () => {
    const { code, err } = await shell.projo(["tasks", "list", "--project", "website"]);
    expect(code).toBe(1);
    expect(err).toBe('projo: There is no project "website". See: projo projects list\n');
    const workspace = await shell.projo(["workspaces", "use", "Nowhere"]);
    expect(workspace.err).toBe('projo: There is no workspace "Nowhere". See: projo workspaces list\n');
  });
});
