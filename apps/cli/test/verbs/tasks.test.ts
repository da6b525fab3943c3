import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMAIL, expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "../kit.ts";
import { jsonOf } from "../people.ts";
import { recording } from "./recording.ts";

const ABSENT = "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11";

let server: TestServer;
let ann: Shell;
let projectId: string;

beforeAll(async () => {
  server = await startTestServer();
  ann = await openSignedIn(server.url);
  projectId = (await projo("projects", "create", "Website")).out.trim();
});
afterAll(async () => {
  await ann?.close();
  await server?.close();
});

const projo = (...argv: string[]) => expectDone(ann.projo(argv));
const make = async (title: string) =>
  (await projo("tasks", "create", title, "--project", projectId)).out.trim();
const statusOf = async (id: string) => (await jsonOf<{ status: string }>(ann, "tasks", "get", id)).status;
const startOf = (id: string, digits = 20) => id.replaceAll("-", "").slice(0, digits);

describe("A task", () => {
  it("is shown with the names of its project and its creator, or whole as JSON", async () => {
    const id = await make("Write the first page");
    const { out } = await projo("tasks", "get", id);
    expect(out.split("\n").slice(0, 5)).toEqual([
      `ID:          ${id}`,
      "Title:       Write the first page",
      "Status:      todo",
      "Project:     Website",
      "Created by:  ann@example.com",
    ]);
    for (const verb of ["get", "show", "view"])
      expect(await jsonOf(ann, "tasks", verb, id)).toMatchObject({
        id,
        title: "Write the first page",
        projectId,
      });
  });

  it("is found by the beginning of its id, with one request more, and by its whole id without one", async () => {
    const id = await make("Short id");
    const written = [
      startOf(id),
      startOf(id).toUpperCase(),
      id.slice(0, 24),
      `{${id.toUpperCase()}}`,
      ` ${id}\n`,
    ];
    for (const text of written) {
      const { fetch, operations } = recording();
      const { out } = await expectDone(ann.projo(["tasks", "get", text, "--json"], { fetch }));
      expect(JSON.parse(out)).toMatchObject({ id });
      const isWhole = /[0-9a-f-]{36}/i.test(text);
      expect(operations).toEqual(isWhole ? ["tasks.get"] : ["tasks.list", "tasks.get"]);
    }
  });

  it("is edited and deleted under the earlier names of the commands too", async () => {
    const id = (await projo("tasks", "new", "Old names", "--project", "Website")).out.trim();
    await projo("tasks", "update", id, "--status", "doing");
    expect(await statusOf(id)).toBe("doing");
    await projo("tasks", "edit", id, "--title", "New names");
    expect((await projo("tasks", "ls")).out).toContain("New names");
    expect((await projo("tasks", "rm", id, "--yes")).err).toBe(`Deleted the task ${id}.\n`);
    expect((await ann.projo(["tasks", "get", id])).code).toBe(1);
  });

  it("of another workspace looks like an absent one, by its whole id and by its beginning", async () => {
    const other = await openSignedIn(server.url, "bob@example.com");
    const id = await make("Secret");
    for (const verb of [["get"], ["edit", "--status", "done"], ["delete", "--yes"]]) {
      const [name = "", ...options] = verb;
      for (const digits of [24, 32]) {
        const foreign = await other.projo(["tasks", name, startOf(id, digits), ...options]);
        const absent = await other.projo(["tasks", name, startOf(ABSENT, digits), ...options]);
        expect(foreign.code).toBe(1);
        expect(foreign.err.replace(startOf(id, digits), "ID")).toBe(
          absent.err.replace(startOf(ABSENT, digits), "ID"),
        );
      }
    }
    expect(await statusOf(id)).toBe("todo");
    await other.close();
  });

  it("is not found by other text, with the next step", async () => {
    for (const text of ["foo", "019", "xyz-1"]) {
      expect(await ann.projo(["tasks", "get", text])).toEqual({
        code: 2,
        out: "",
        err: `projo: "${text}" is not the id of a task. Use the id, or its first characters: at least 4. See: projo tasks list\n`,
      });
    }
  });
});

describe("An ambiguous beginning of an id", () => {
  it("lists ten tasks with their titles, in which nothing controls the terminal", async () => {
    for (let n = 0; n < 12; n += 1) await make(`Twin \u202e ${n}`);
    const { items } = await jsonOf<{ items: { id: string }[] }>(ann, "tasks", "list", "--limit", "1");
    const start = startOf(items[0]?.id ?? "", 4);
    const { code, err } = await ann.projo(["tasks", "get", start]);
    expect(code).toBe(1);
    expect(err).toContain(`More than 10 tasks have an id that begins with "${start}": `);
    expect(err.match(/[0-9a-f-]{36} \(Twin \ufffd \d+\)/g)).toHaveLength(10);
    expect(err).not.toContain("\u202e");
    expect(err).toMatch(/Use more of the id\.\n$/);
    const json = await ann.projo(["tasks", "delete", start, "--yes", "--json"]);
    expect(JSON.parse(json.err)).toMatchObject({
      error: { reason: "cli.task_ambiguous", ids: { length: 10 } },
    });
  });

  it("needs a server that knows the filter", async () => {
    const { fetch } = recording((_operation, url) => url.replace("%22idPrefix%22", "%22ofLater%22"));
    expect((await ann.projo(["tasks", "get", "019a"], { fetch })).err).toBe(
      "projo: This server is too old to find a task by the beginning of its id. Use the whole id.\n",
    );
  });
});

describe("Several tasks", () => {
  it("are edited at once: each result is reported, and a failure does not stop the others", async () => {
    const [one, two] = [await make("One"), await make("Two")];
    const argv = ["tasks", "edit", one, ABSENT, "foo", two, "--status", "done"];
    const { code, out, err } = await ann.projo(argv);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toBe(
      [
        'Updated the task "One". Its status is done.',
        `projo: ${ABSENT}: There is no such task in this workspace. See: projo tasks list`,
        'projo: "foo" is not the id of a task. Use the id, or its first characters: at least 4. See: projo tasks list',
        'Updated the task "Two". Its status is done.',
        "projo: 2 of 4 tasks were not changed. See the errors above.",
        "",
      ].join("\n"),
    );
    const quiet = await ann.projo([...argv, "--quiet"]);
    expect([quiet.out, quiet.err]).toEqual([`${one}\n${two}\n`, err.replaceAll(/^Updated.*\n/gm, "")]);
    const json = await ann.projo([...argv, "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject([
      { id: one, status: "done" },
      { given: ABSENT, error: { reason: "task.not_found", status: 404 } },
      { given: "foo", error: { reason: "cli.usage" } },
      { id: two },
    ]);
    expect(JSON.parse(json.err)).toEqual({
      error: {
        reason: "cli.some_failed",
        message: "2 of 4 tasks were not changed. See the errors in the output.",
      },
    });
  });

  it("are read from standard input, from lines of a table too, and each is changed once", async () => {
    const ids = [await make("First"), await make("Second")];
    const stdin = `${ids[0]}\r\n\n${ids[1]}\tdoing\tSecond\n${ids[0]?.toUpperCase()}\n`;
    const { fetch, operations } = recording();
    const { err } = await expectDone(ann.projo(["tasks", "edit", "-", "--status", "done"], { stdin, fetch }));
    expect(err.match(/Updated/g)).toHaveLength(2);
    expect(operations).toEqual(["tasks.update", "tasks.update"]);
    for (const id of ids) expect(await statusOf(id)).toBe("done");
    const one = await expectDone(ann.projo(["tasks", "get", "-", "--json"], { stdin: ids[0] ?? "" }));
    expect(JSON.parse(one.out)).toMatchObject([{ id: ids[0] }]);
    const twice = await projo("tasks", "get", ids[0] ?? "", ids[0] ?? "", "--json");
    expect(JSON.parse(twice.out)).toMatchObject([{ id: ids[0] }]);
  });

  it("none on standard input is no failure", async () => {
    const edit = ["tasks", "edit", "-", "--status", "done"];
    expect(await ann.projo(edit, { stdin: "\n" })).toEqual({
      code: 0,
      out: "",
      err: "Standard input contains no ids, so there is nothing to do.\n",
    });
    expect(await ann.projo([...edit, "--json"], { stdin: "" })).toEqual({ code: 0, out: "[]\n", err: "" });
  });

  it("a hundred make one request each, a few at the same time, and are reported in their order", async () => {
    const items = Array.from({ length: 100 }, (_, n) => ({ projectId, title: `Many ${n}` }));
    const created = await expectDone(
      ann.projo(["call", "tasks.createMany", "-"], { stdin: JSON.stringify({ items }) }),
    );
    const ids = (JSON.parse(created.out) as { items: { id: string }[] }).items.map(({ id }) => id);
    const { fetch, operations, most } = recording();
    const { err } = await expectDone(ann.projo(["tasks", "edit", ...ids, "--status", "done"], { fetch }));
    expect(operations).toEqual(ids.map(() => "tasks.update"));
    expect(most()).toBeGreaterThan(1);
    expect(most()).toBeLessThanOrEqual(4);
    expect(err.match(/Many \d+/g)).toEqual(items.map(({ title }) => title));
  });

  it("are not attempted any more after the session has ended", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => make(`Late ${n}`)));
    const other = await openShell(server.url);
    await expectDone(other.projo(["login", EMAIL, "--password-stdin"], { stdin: PASSWORD }));
    await expectDone(other.projo(["workspaces", "use", "Acme"]));
    const { items } = await jsonOf<{ items: { id: string }[] }>(ann, "sessions", "list", "--limit", "1");
    let ended: Promise<unknown> | undefined;
    const { fetch, operations } = recording(async () => {
      if (operations.length > 4) await (ended ??= projo("sessions", "revoke", items[0]?.id ?? ""));
    });
    const { code, out, err } = await other.projo(["tasks", "get", ...ids, "--json"], { fetch });
    expect(code).toBe(4);
    expect(err).toContain("auth.unauthenticated");
    const results = JSON.parse(out) as { error?: { reason: string } }[];
    expect(results).toHaveLength(12);
    expect(results.filter(({ error }) => !error).length).toBeGreaterThan(0);
    expect(results.at(-1)).toMatchObject({ given: ids[11], error: { reason: "cli.not_attempted" } });
    expect(operations.filter((operation) => operation === "tasks.get").length).toBeLessThan(12);
    await other.close();
  });

  it("get no common title", async () => {
    const { code, err } = await ann.projo(["tasks", "edit", ABSENT, ABSENT, "--title", "Same"]);
    expect([code, err]).toEqual([
      2,
      "projo: --title changes one task only. Name one task, or omit --title.\n",
    ]);
  });
});

describe("The deletion of tasks", () => {
  it("needs a confirmation: without a terminal, --yes", async () => {
    const [one, two] = [await make("Doomed"), await make("Doomed too")];
    expect(await ann.projo(["tasks", "delete", one])).toEqual({
      code: 2,
      out: "",
      err: `projo: There is no terminal to ask for confirmation. To delete the task ${one}, add --yes\n`,
    });
    const piped = await ann.projo(["tasks", "delete", "-"], { stdin: `${one}\n${two}\n` });
    expect([piped.code, piped.err]).toEqual([
      2,
      "projo: There is no terminal to ask for confirmation. To delete 2 tasks, add --yes\n",
    ]);
    const unsure = await ann.projo(["tasks", "delete", one], { types: [['Delete the task "Doomed"?', "n"]] });
    expect(unsure).toMatchObject({ code: 1, err: expect.stringContaining("Nothing was deleted.") as string });
    const both = await expectDone(
      ann.projo(["tasks", "delete", one, two], { types: [["Delete 2 tasks?", "y"]] }),
    );
    expect(both.err).toContain('  "Doomed"\n  "Doomed too"\n');
    expect(both.err).toContain(`Deleted the task "Doomed too" (${two}).\n`);
    for (const id of [one, two]) expect((await ann.projo(["tasks", "get", id])).code).toBe(1);
  });

  it("reports a task that was deleted between the lookup and the call", async () => {
    const [one, two] = [await make("Raced"), await make("Not raced")];
    let isRaced = false;
    const { fetch } = recording(async (operation) => {
      if (operation !== "tasks.delete" || isRaced) return;
      isRaced = true;
      await projo("tasks", "delete", one, "--yes");
    });
    const { code, out } = await ann.projo(["tasks", "delete", one, two, "--yes", "--json"], { fetch });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ given: one, error: { reason: "task.not_found" } }, { id: two }]);
  });
});

describe("Missing arguments", () => {
  it("are named all together without a terminal, before any request", async () => {
    const signedOut = { PROJO_CONFIG_DIR: `${ann.home}/none` };
    const missing = async (...argv: string[]) => {
      const { code, err } = await ann.projo(argv, { env: signedOut });
      return [code, err];
    };
    expect(await missing("tasks", "create")).toEqual([
      2,
      "projo: Missing arguments: <title>, --project <id-or-name>. See: projo tasks create --help\n",
    ]);
    expect(await missing("tasks", "create", "Title")).toEqual([
      2,
      "projo: Missing argument: --project <id-or-name>. See: projo tasks create --help\n",
    ]);
    expect(await missing("keys", "create")).toEqual([
      2,
      "projo: Missing arguments: <name>, --scopes <scopes>. See: projo keys create --help\n",
    ]);
    expect(await missing("members", "role")).toEqual([
      2,
      "projo: Missing arguments: <email-or-id>, <role>. See: projo members role --help\n",
    ]);
    const one = {
      "tasks get": "<id>",
      "tasks delete": "<id>",
      "projects get": "<id-or-name>",
      "projects delete": "<id-or-name>",
      "projects create": "<name>",
      "members get": "<email-or-id>",
      "members remove": "<email-or-id>",
      "invites create": "<email>",
      "invites get": "<id-or-email>",
      "invites revoke": "<id-or-email>",
      "invites resend": "<id-or-email>",
      "keys get": "<id-or-name>",
      "keys revoke": "<id-or-name>",
      "sessions get": "<id>",
      "sessions revoke": "<id>",
      "workspaces create": "<name>",
      "workspaces rename": "<new-name>",
      "workspaces restore": "<id-or-name>",
    };
    for (const [command, term] of Object.entries(one)) {
      expect(await missing(...command.split(" "))).toEqual([
        2,
        `projo: Missing argument: ${term}. See: projo ${command} --help\n`,
      ]);
    }
  });

  it("are asked for on a terminal: a text, and one of a list", async () => {
    await projo("projects", "create", "Newest");
    const { out, err } = await expectDone(
      ann.projo(["tasks", "create"], {
        types: [
          ["Title of the task", "Asked\r"],
          ["Which project?", "\r"],
        ],
      }),
    );
    expect(err).toContain('Created the task "Asked"');
    const id = out.trim();
    const shown = await expectDone(ann.projo(["tasks", "get"], { types: [["Which task?", "\r"]] }));
    expect(shown.out).toContain(`ID:          ${id}\n`);
    expect(shown.out).toContain("Project:     Newest\n");
  });
});

const listed = async (person: string) =>
  (await projo("tasks", "list", "--all", "--created-by", person)).out.split("\n").length;

it("The tasks of a person are listed by the email address, by the id and by me", async () => {
  const { userId } = await jsonOf<{ userId: string }>(ann, "members", "get", "me");
  const all = await listed("me");
  expect(all).toBeGreaterThan(10);
  for (const person of [" Ann@Example.com ", userId, startOf(userId).toUpperCase()])
    expect(await listed(person)).toBe(all);
  expect((await ann.projo(["tasks", "list", "--created-by", "nobody@example.com"])).err).toBe(
    'projo: There is no member "nobody@example.com". See: projo members list\n',
  );
});
