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

describe("a first session", () => {
  it("signs up, and prints the next command", async () => {
    const signup = ["signup", "ann@example.com", "--password-stdin"];
    const { out, err } = await expectDone(shell.projo(signup, { stdin: `${PASSWORD}\n` }));
    expect(out).toBe("");
    expect(err).toContain(`Signed in to ${server.url} as ann@example.com.`);
    expect(err).toContain("Next: projo workspaces create NAME");
  });

  it("creates a workspace and selects it", async () => {
    const { out, err } = await projo("workspaces", "create", "Acme");
    expect(out).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(err).toContain("Created and selected the workspace Acme. Next: projo projects create NAME");
    expect((await projo("whoami")).out).toContain(`Workspace: Acme (${out.trim()}), as admin`);
  });

  it("creates a project, and tasks in it by its name or id", async () => {
    const project = (await projo("projects", "create", "Website")).out.trim();
    await projo("tasks", "create", "Write the first page", "--project", "Website");
    await projo("tasks", "create", "Buy the domain", "--project", project, "--status", "done");
    const { out } = await projo("tasks", "list");
    expect(
      out.split("\n").map((line) => line.replace(/[0-9a-f-]{36}/, "ID").replace(/\S+Z$/, "TIME")),
    ).toEqual([
      "ID\tdone\tWebsite\tBuy the domain\tTIME",
      "ID\ttodo\tWebsite\tWrite the first page\tTIME",
      "",
    ]);
  });

  it("filters tasks by status, project, text, creator and time", async () => {
    expect(await titles("--status", "todo")).toEqual(["Write the first page"]);
    expect(await titles("--search", "DOMAIN")).toEqual(["Buy the domain"]);
    expect(await titles("--project", "Website")).toHaveLength(2);
    expect(await titles("--created-by", "me")).toHaveLength(2);
    expect(await titles("--created-after", "2020-01-01", "--created-before", "2999-01-01")).toHaveLength(2);
    expect(await titles("--created-before", "2020-01-01")).toEqual([]);
  });

  it("lists tasks and projects in the order of an option", async () => {
    const newest = await titles();
    expect(await titles("--order", "oldest")).toEqual(newest.toReversed());
    const [, id = ""] =
      /^([0-9a-f-]{36})\t/m.exec((await projo("tasks", "list", "--order", "oldest")).out) ?? [];
    const [title = ""] = newest.toReversed();
    await projo("tasks", "update", id, "--title", `${title}!`);
    expect(await titles("--order", "last_changed")).toEqual([
      `${title}!`,
      ...newest.filter((one) => one !== title),
    ]);
    await projo("tasks", "update", id, "--title", title);
    for (const order of ["newest", "oldest", "last_changed"])
      expect((await projo("projects", "list", "--order", order)).out).toContain("Website");
    const refused = await shell.projo(["tasks", "list", "--order", "title"]);
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringContaining("newest, oldest or last_changed"),
    });
  });

  it("updates and deletes a task", async () => {
    const id = (await projo("tasks", "create", "Short", "--project", "Website")).out.trim();
    await projo("tasks", "update", id, "--title", "Longer", "--status", "doing");
    expect(await json("call", "tasks.get", JSON.stringify({ id }))).toMatchObject({
      title: "Longer",
      status: "doing",
    });
    expect((await shell.projo(["tasks", "delete", id])).code).toBe(2);
    await projo("tasks", "delete", id, "--yes");
    const gone = await shell.projo(["tasks", "delete", id, "--yes"]);
    expect(gone.code).toBe(1);
    expect(gone.err).toBe("projo: There is no such task in this workspace. See: projo tasks list\n");
  });

  it("deletes a project only after confirmation", async () => {
    await projo("projects", "create", "Old");
    const unasked = await shell.projo(["projects", "delete", "Old"]);
    expect(unasked.code).toBe(2);
    expect(unasked.err).toContain("add --yes");
    const refused = await shell.projo(["projects", "delete", "Old"], { types: [["Delete", "n"]] });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("The project was not deleted.");
    const agreed = await shell.projo(["projects", "delete", "Old"], { types: [["Delete", "y"]] });
    expect(agreed.err).toContain("Deleted the project Old, which had no tasks.");
    expect((await projo("projects", "list")).out).not.toContain("Old");
  });

  it("shows none of the data to a user of another workspace", async () => {
    const other = await openSignedIn(server.url, "bob@example.com");
    const { out, err } = await expectDone(other.projo(["tasks", "list"]));
    expect(out).toBe("");
    expect(err).toContain("There are no tasks yet.");
    const workspace = (await json("workspaces", "list")) as { items: { id: string }[] };
    const foreign = await other.projo(["tasks", "list", "--workspace", workspace.items[0]?.id ?? ""]);
    expect(foreign.code).toBe(1);
    expect(foreign.err).toContain("There is no such workspace, or you are not a member of it.");
    await other.close();
  });

  it("signs out, and the token stops working", async () => {
    const file = await readFile(join(shell.home, ".config", "projo", "credentials.json"), "utf8");
    const token = /"accessToken": "([^"]+)"/.exec(file)?.[1] ?? "";
    const withToken = { env: { PROJO_TOKEN: token } };
    await expectDone(shell.projo(["call", "auth.me"], withToken));
    const { err } = await projo("logout");
    expect(err).toBe(`Signed out of ${server.url} as ann@example.com.\n`);
    expect((await shell.projo(["call", "auth.me"], withToken)).code).toBe(4);
    const after = await shell.projo(["whoami"]);
    expect(after.code).toBe(4);
    expect(after.err).toBe(`projo: Not signed in to ${server.url}. Run: projo login\n`);
    expect((await projo("logout")).err).toContain("You were not signed in");
  });

  it("ignores the selected workspace of the previous user on the same machine", async () => {
    const other = await openSignedIn(server.url, "zoe@example.com");
    await expectDone(other.projo(["signup", "yan@example.com", "--password-stdin"], { stdin: PASSWORD }));
    expect((await expectDone(other.projo(["whoami"]))).out).toContain("Workspace: none selected.");
    await other.close();
  });

  it("selects the only workspace again after signing out and in", async () => {
    const login = ["login", "ann@example.com", "--password-stdin"];
    const { err } = await expectDone(shell.projo(login, { stdin: PASSWORD }));
    expect(err).toContain("Workspace: Acme\n");
    await projo("workspaces", "use", "Acme");
    const onTerminal = { columns: 100, env: { NO_COLOR: "1" } };
    const { out } = await expectDone(shell.projo(["workspaces", "list"], onTerminal));
    expect(out).toMatch(/^\* +[0-9a-f-]{36} +Acme +admin +just now$/m);
  });
});

describe("output for programs", () => {
  it("prints a list as an object with items and the next cursor", async () => {
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

  it("prints a created object as JSON with --json, else only its id", async () => {
    expect(await json("projects", "create", "App")).toMatchObject({ name: "App" });
    expect((await projo("projects", "create", "App 2")).out).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(await json("whoami")).toMatchObject({
      url: server.url,
      user: { email: "ann@example.com" },
      workspace: { name: "Acme", role: "admin" },
    });
  });

  it("prints an error as an object with its reason to stderr", async () => {
    const title = "x".repeat(201);
    const { code, out, err } = await shell.projo([
      "tasks",
      "create",
      title,
      "--project",
      "Website",
      "--json",
    ]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(JSON.parse(err)).toMatchObject({
      error: {
        reason: "input.invalid",
        message: "title: use at most 200 characters (yours has 201).",
        status: 400,
        requestId: expect.any(String) as string,
        fieldErrors: { title: ["Must be at most 200 characters."] },
      },
    });
    const usage = await shell.projo(["tasks", "list", "--limit", "none", "--json"]);
    expect(usage.code).toBe(2);
    expect(JSON.parse(usage.err)).toMatchObject({ error: { reason: "cli.usage" } });
  });

  it("calls any operation by name, with its input from a pipe", async () => {
    expect(await json("call", "system.health")).toMatchObject({ status: "ok" });
    const piped = await expectDone(
      shell.projo(["call", "projects.create", "-"], { stdin: '{"name":"Piped"}' }),
    );
    expect(JSON.parse(piped.out)).toMatchObject({ name: "Piped" });
  });

  it("PROJO_TOKEN and PROJO_WORKSPACE take precedence over the stored values", async () => {
    const other = await openShell(server.url);
    const signUp = { email: "eve@example.com", password: PASSWORD };
    const called = await expectDone(
      other.projo(["call", "auth.signUp", "-"], { stdin: JSON.stringify(signUp) }),
    );
    const { accessToken } = JSON.parse(called.out) as { accessToken: string };
    const env = { PROJO_TOKEN: accessToken };
    expect((await expectDone(shell.projo(["whoami"], { env: env }))).out).toContain("eve@example.com");
    const created = await expectDone(other.projo(["workspaces", "create", "Eve's"], { env }));
    expect(created.err).toContain(`set PROJO_WORKSPACE=${created.out.trim()}`);
    const chosen = { env: { ...env, PROJO_WORKSPACE: "Eve's" } };
    await expectDone(other.projo(["projects", "create", "Hers"], chosen));
    await other.close();
  });
});

describe("names", () => {
  it("an ambiguous name is refused with the ids", async () => {
    const ids = [
      (await projo("projects", "create", "Twin")).out.trim(),
      (await projo("projects", "create", "Twin")).out.trim(),
    ];
    const { code, err } = await shell.projo(["tasks", "create", "x", "--project", "Twin"]);
    expect(code).toBe(1);
    expect(err).toContain('2 projects have the name "Twin". Use the id instead:');
    for (const id of ids) expect(err).toContain(id);
  });

  it("a whole name must match, in any case, and an unknown name is refused with the list command", async () => {
    await expectDone(shell.projo(["tasks", "list", "--project", "website"]));
    const { code, err } = await shell.projo(["tasks", "list", "--project", "Web"]);
    expect(code).toBe(1);
    expect(err).toBe('projo: There is no project "Web". Did you mean Website? See: projo projects list\n');
    const workspace = await shell.projo(["workspaces", "use", "Nowhere"]);
    expect(workspace.err).toBe('projo: There is no workspace "Nowhere". See: projo workspaces list\n');
  });
});
