// How commands print their data: fields, jq, templates, ids and the formats of lists.
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Io } from "../../src/io.ts";
import { outputOf, pathOf } from "../../src/output/command-fields.ts";
import { createWholeProgram } from "../../src/program.ts";
import { expectDone, nowhere, openShell, type RunOptions, type Shell } from "../kit.ts";
import { openVerifiedAdmin } from "../people.ts";

let server: TestServer;
let ann: Shell;
let ids: string[];

beforeAll(async () => {
  server = await startTestServer();
  ann = await openVerifiedAdmin(server, "ann@example.com");
  await done(["projects", "create", "Website"]);
  ids = [];
  for (const title of ["First", "Second\twith a tab", "=1+1"])
    ids.push((await done(["tasks", "create", title, "--project", "Website"])).trim());
  await done(["invites", "create", "bob@example.com"]);
  await done(["keys", "create", "nightly", "--scopes", "task:read"]);
});

afterAll(async () => {
  await ann?.close();
  await server?.close();
});

const done = async (argv: readonly string[], options?: RunOptions) =>
  (await expectDone(ann.projo(argv, options))).out;

/** The message of a command that fails before it sends a request. */
async function refused(argv: readonly string[], options: RunOptions = {}) {
  const { code, out, err } = await ann.projo(argv, { ...options, fetch: nowhere });
  expect({ code, out }).toEqual({ code: 2, out: "" });
  return err;
}

/** The scripts of the completion call __complete, and help prints a text. */
const isForPeople = (command: Command) => !["help", "__complete"].includes(command.name());

async function allCommands(): Promise<Command[]> {
  const io = { stdout: {}, stderr: {}, env: {} } as unknown as Io;
  const program = await createWholeProgram(io);
  const leaves = (command: Command): Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
  return program.commands.flatMap(leaves).filter(isForPeople);
}

describe("--json with fields", () => {
  it("every command has its fields, which --json=? lists without a request", async () => {
    const all = await allCommands();
    expect(all.length).toBeGreaterThan(50);
    for (const command of all) {
      const path = pathOf(command);
      const output = outputOf(path);
      expect(output, path).toBeDefined();
      if (!output?.fields) continue;
      for (const words of [["--json=?"], ["--json", "?"]]) {
        const { code, out, err } = await ann.projo([...path.split(" "), ...words], { fetch: nowhere });
        expect({ code, err, fields: out.split("\n").slice(0, -1) }).toEqual({
          code: 0,
          err: "",
          fields: output.fields,
        });
      }
    }
  });

  it.each([
    "sessions list",
    "workspaces list",
    "members list",
    "members get ann@example.com",
    "invites list",
    "keys list",
    "audit list",
    "projects list",
    "tasks list",
    "email status",
    "whoami",
  ])("%s prints each of its fields, and its whole JSON has no others", async (command) => {
    const argv = command.split(" ");
    const [whole] = itemsIn(await done([...argv, "--json"]));
    const known = outputOf(argv.slice(0, 2).join(" "))?.fields ?? [];
    expect(namesIn(whole).filter((name) => !known.includes(name))).toEqual([]);
    const [item] = itemsIn(await done([...argv, "--json", known.join()]));
    // Of an object that is null, the fields have no place.
    const ownNames = known.filter((field) => !field.includes("."));
    expect(Object.keys(item ?? {})).toEqual(ownNames);
    for (const field of known) {
      expect(at(item, field), field).toEqual(at(whole, field));
    }
    expect(namesIn(whole).length).toBeGreaterThanOrEqual(3);
  });

  it("selects fields of objects, and keeps the cursor of a list", async () => {
    const { items, nextCursor, ...others } = JSON.parse(
      await done(["audit", "list", "--limit", "1", "--json", "seq,actor.kind,target.type"]),
    ) as { items: unknown[]; nextCursor: string };
    expect(items).toEqual([
      { seq: expect.any(Number), actor: { kind: "user" }, target: { type: expect.any(String) } },
    ]);
    expect({ cursor: typeof nextCursor, others }).toEqual({ cursor: "string", others: {} });
    expect(JSON.parse(await done(["whoami", "--json=user.email,url"]))).toEqual({
      user: { email: "ann@example.com" },
      url: server.url,
    });
  });

  it("refuses an unknown field before anything is done, with the closest one", async () => {
    const message = await refused(["projects", "create", "Mill", "--json", "nmae"]);
    expect(JSON.parse(message)).toMatchObject({
      error: {
        reason: "cli.usage",
        message:
          '--json: there is no field "nmae". Did you mean name? Fields: id, name, createdBy, createdAt, updatedAt, version',
      },
    });
    expect(await refused(["tasks", "list", "--json", "id", "title"])).toContain(
      "takes no argument. Separate fields by commas: --json id,title.",
    );
    expect(await refused(["audit", "list", "--json", "kind"])).toContain("Did you mean actor.kind?");
    expect(await refused(["members", "list", "--json", "xyzzy"])).not.toContain("Did you mean");
    expect(await refused(["password", "change", "--json", "id"])).toContain("the command prints no fields");
  });

  it.each([
    ["projects create --json Mill", "name", "Mill"],
    ["projects create Loom --json name", "name", "Loom"],
    ["projects create --json name Wheel", "name", "Wheel"],
    ["projects --json create Axle", "name", "Axle"],
    ["--json projects create Gear", "name", "Gear"],
    ["--json=name projects create Cog", "name", "Cog"],
    ["projects create --json -- id", "name", "id"],
    ["members get --json ann@example.com", "email", "ann@example.com"],
    ["call --json system.health", "status", "ok"],
  ])("projo %s is understood", async (command, field, value) => {
    expect(JSON.parse(await done(command.split(" ")))).toHaveProperty(field, value);
  });
});

describe("--jq", () => {
  it("applies the expression of jq 1.8 to the JSON, and prints texts without quotes", async () => {
    expect(await done(["tasks", "list", "--order", "oldest", "--jq", ".items[].id"])).toBe(lines(ids));
    expect(await done(["tasks", "list", "--json", "title", "--jq", ".items | map(keys) | unique"])).toBe(
      '[\n  [\n    "title"\n  ]\n]\n',
    );
    expect(
      await done([
        "projects",
        "list",
        "--jq",
        '.items[] | [.name, (.createdAt | fromdateiso8601? // "time")] | @tsv',
      ]),
    ).toContain("Website\ttime\n");
    expect(await done(["tasks", "list", "--jq", "-1"])).toBe("-1\n");
    expect(await done(["tasks", "list", "--jq", "empty"])).toBe("");
  });

  it("refuses an invalid expression in one line, before anything is done", async () => {
    expect(await refused(["projects", "create", "Mill", "--jq", ".items[|"])).toBe(
      "projo: --jq: syntax error, unexpected '|' at line 1, column 8. See: https://jqlang.org/manual/\n",
    );
    expect(await refused(["tasks", "list", "--jq", "nope(1)"])).toContain("nope/1 is not defined");
  });

  it("reports a failure of the expression with exit code 1", async () => {
    const { code, err } = await ann.projo(["tasks", "list", "--jq", ".items.x"]);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'projo: --jq: Cannot index array with string ("x"). Correct the expression.\n',
    });
    expect((await ann.projo(["tasks", "list", "--jq", ".[].title"])).err).toContain("in .items[].\n");
    expect((await ann.projo(["tasks", "list", "--jq", "[range(1e9)]"])).err).toContain("too much memory");
  });

  it("cannot see files and environment variables", async () => {
    expect(await done(["whoami", "--jq", "env.VITEST"])).toBe("null\n");
    expect(process.env["VITEST"]).toBeDefined();
    expect(await refused(["whoami", "--jq", 'include "/etc/passwd"; .'])).toContain("--jq: ");
  });
});

describe("--template", () => {
  it("prints the data by a Liquid template, with \\n and \\t", async () => {
    const template = String.raw`{% for task in items %}{{ task.title | truncate: 9 | upcase }}\t{{ task.projectName }}\n{% endfor %}`;
    expect(await done(["tasks", "list", "--order", "oldest", "--template", template])).toBe(
      "FIRST\tWebsite\nSECOND...\tWebsite\n=1+1\tWebsite\n",
    );
    expect(await done(["whoami", "--template", "{{ user.email }} {{ workspace }}"])).toMatch(
      /^ann@example\.com \{"id":/,
    );
  });

  it("refuses an invalid template before anything is done, and an unknown name afterwards", async () => {
    for (const template of ["{% for x in items %}", "{{ items | nope }}", "{{ items"])
      expect(await refused(["projects", "create", "Mill", "--template", template])).toMatch(
        /^projo: --template: .+ at column 1\. See: https:\S+\n$/,
      );
    const { code, err } = await ann.projo(["whoami", "--template", "{{ user.nope }}"]);
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining("undefined variable: user.nope"),
    });
    expect((await ann.projo(["tasks", "list", "--template", "{{range .}}"])).err).toContain(
      "undefined variable: range, at column 3. The template is in Liquid, not in the language of Go. See: ",
    );
  });

  it("cannot read files", async () => {
    const { code, err } = await ann.projo(["whoami", "--template", '{% render "/etc/hostname" %}']);
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no other template, such as "/etc/hostname"'),
    });
  });

  it("cannot control a terminal", async () => {
    const id = (await done(["projects", "create", "Evil", "-q"])).trim();
    // The server refuses this name now. It can come from an earlier release.
    await server.database.owner("UPDATE projects SET name = $1 WHERE id = $2", ["A \u001b[2J", id]);
    const newest = ["projects", "list", "--limit", "1"];
    for (const argv of [
      ["--template", "{{ items[0].name }}"],
      ["--jq", ".items[0].name"],
    ]) {
      expect(await done([...newest, ...argv], { columns: 80 })).toBe("A ␛[2J\n");
      // A program gets the text unchanged.
      expect(await done([...newest, ...argv])).toBe("A \u001b[2J\n");
    }
  });
});

describe("--quiet", () => {
  it("prints the ids of a list, and the id of one object", async () => {
    expect(await done(["tasks", "list", "--order", "oldest", "--quiet"])).toBe(lines(ids));
    expect(await done(["members", "list", "-q"])).toBe(await done(["whoami", "-q"]));
    expect(await done(["projects", "list", "-q", "--search", "nothing"])).toBe("");
    const { out, err } = await ann.projo(["projects", "create", "Quiet", "-q"]);
    expect({ out, err }).toEqual({ out: expect.stringMatching(/^[0-9a-f-]{36}\n$/), err: "" });
  });

  it("prints what is shown only once: the token of a key and the link of an invite", async () => {
    expect(await done(["keys", "create", "quiet", "--scopes", "task:read", "-q"])).toMatch(/^pjk_\S+\n$/);
    expect(await done(["invites", "create", "eve@example.com", "-q"])).toMatch(/^http\S+#token=\S+\n$/);
    const checkpoint = await done(["audit", "checkpoint", "-q"]);
    expect(Object.keys(JSON.parse(checkpoint) as object)).toEqual(["text", "signature", "keyId"]);
  });
});

describe("the format of a list", () => {
  it("the list is TSV without headings in a pipe, with whole ids and times", async () => {
    expect(await secondTask()).toMatch(
      new RegExp(String.raw`^${ids[1]}\ttodo\tWebsite\tSecond\\twith a tab\t\d{4}-\d\d-\d\dT[\d:.]+Z\n$`),
    );
  });

  it("the accounts and the settings are lists as all others", async () => {
    expect(await done(["auth", "status"])).toBe(`ann@example.com\t${server.url}\tvalid\tAcme\n`);
    expect(await done(["auth", "status", "-q"])).toBe("ann@example.com\n");
    expect(JSON.parse(await done(["auth", "status", "--json", "email"]))).toMatchObject({
      items: [{ email: "ann@example.com" }],
    });
    expect(await done(["config", "list", "--format", "csv"])).toMatch(/^NAME,VALUE,SOURCE\r\nurl,http/);
    expect(await done(["config", "list", "--format", "ndjson", "--json", "name"])).toMatch(
      /^\{"name":"url"\}\n/,
    );
    expect(await done(["config", "list", "-q"])).toMatch(/^url\naccount\nworkspace\n/);
  });

  it("the list is a table with relative times on a terminal", async () => {
    const text = await secondTask({ columns: 90, env: { NO_COLOR: "1" } });
    expect(text).toMatch(
      /^ID +STATUS +PROJECT +TITLE +CREATED\n[0-9a-f-]{36} +todo +Website +Second with a tab +just now\n$/,
    );
  });

  it("the format is chosen by --format, also on a terminal", async () => {
    expect(await secondTask({ columns: 80 }, "--format", "tsv")).toBe(await secondTask());
    expect(await secondTask({}, "--format", "table")).toMatch(/^ID +STATUS +PROJECT +TITLE +CREATED\n/);
    expect(await secondTask({}, "--format", "json")).toBe(await secondTask({}, "--json"));
    const rows = (await done(["tasks", "list", "--format", "ndjson", "--json", "id", "--order", "oldest"]))
      .trimEnd()
      .split("\n");
    expect(rows.map((row) => (JSON.parse(row) as { id: string }).id)).toEqual(ids);
  });

  it("the list has headings as CSV, and no cell is a formula to a spreadsheet", async () => {
    const text = await done(["tasks", "list", "--order", "oldest", "--format", "csv"]);
    const [head, , second, third] = text.split(/\r?\n/);
    expect(head).toBe("ID,STATUS,PROJECT,TITLE,CREATED");
    expect(second).toContain(",Website,Second with a tab,");
    expect(third).toContain(",Website,'=1+1,");
  });

  it("an import of that CSV reads the titles as they were", async () => {
    const text = await done(["tasks", "list", "--order", "oldest", "--format", "csv"]);
    const more = ["''=2", "'quoted"].map((title) => `x,todo,Website,${title},2026-01-31T12:00:00Z`);
    const file = await ann.file("listed.csv", [text.trimEnd(), ...more].join("\r\n"));
    const preview = JSON.parse(await done(["tasks", "import", file, "--dry-run", "--json"])) as {
      tasks: { title: string }[];
    };
    expect(preview.tasks.map(({ title }) => title)).toEqual(
      expect.arrayContaining(["=1+1", "'=2", "'quoted"]),
    );
  });

  it("the output is empty if the list is, and a message says so", async () => {
    const { code, out, err } = await ann.projo(["tasks", "list", "--search", "nothing"]);
    expect({ code, out, err }).toEqual({ code: 0, out: "", err: "No task matches.\n" });
    const csv = await ann.projo(["tasks", "list", "--search", "nothing", "--format", "csv"]);
    expect(csv).toEqual({ code, out: "ID,STATUS,PROJECT,TITLE,CREATED\n", err });
  });

  it("says that there are more items, unless the cursor is printed", async () => {
    for (const argv of [[], ["--quiet"], ["--format", "csv"], ["--format", "ndjson"], ["--jq", ".items"]])
      expect(await errOf(...argv)).toMatch(/^There are more items\. Add --all, or --cursor \S+\n$/);
    for (const argv of [["--json"], ["--json", "id"], ["--format", "json"]])
      expect(await errOf(...argv)).toBe("");
  });
});

it.each([
  ["tasks list --jq . --quiet", "--jq or --quiet"],
  ["tasks list --jq . --template x", "--jq or --template"],
  ["tasks list --json --quiet", "--quiet or --json"],
  ["tasks list --json id --format csv", "--format csv or --json"],
  ["tasks list --format csv --quiet", "--quiet or --format csv"],
])("projo %s is refused: use %s, not both", async (command, options) => {
  expect(await refused(command.split(" "))).toContain(`Use ${options}, not both.`);
});

it("errors are JSON with each form of --json", async () => {
  const shell = await openShell(server.url);
  for (const form of ["--json", "--json=id", "--json=id,title"]) {
    const { code, err } = await shell.projo(["tasks", "list", form]);
    expect({ code, reason: (JSON.parse(err) as { error: { reason: string } }).error.reason }).toEqual({
      code: 4,
      reason: "cli.not_signed_in",
    });
  }
  await shell.close();
});

describe("colours", () => {
  it("colours are on for terminals, off for pipes, and follow the variables with the precedence of gh", async () => {
    expect(await isColoured({}, 100)).toBe(true);
    expect(await isColoured({}, undefined)).toBe(false);
    for (const env of [{ NO_COLOR: "1" }, { CLICOLOR: "0" }, { TERM: "dumb" }, { FORCE_COLOR: "0" }])
      expect(await isColoured(env, 100), JSON.stringify(env)).toBe(false);
    for (const env of [{ CLICOLOR_FORCE: "1" }, { FORCE_COLOR: "1" }]) {
      expect(await isColoured(env, undefined), JSON.stringify(env)).toBe(true);
      expect(await isColoured({ ...env, NO_COLOR: "1" }, undefined)).toBe(true);
      expect(await isColoured({ ...env, NO_COLOR: "1" }, 100, "--no-color")).toBe(false);
    }
    expect(await isColoured({ CLICOLOR_FORCE: "0" }, undefined)).toBe(false);
    expect(await isColoured({ NO_COLOR: "" }, 100)).toBe(true);
  });

  it("distinguish statuses and roles", async () => {
    const on = { columns: 120 };
    expect(await done(["tasks", "list"], on)).toContain("\u001b[33mtodo\u001b[39m");
    expect(await done(["members", "list"], on)).toContain("\u001b[35madmin\u001b[39m");
    expect(await done(["audit", "list"], on)).toContain("\u001b[32mok\u001b[39m");
  });
});

it("the audit log names who acted, also if the server is too old to return the names", async () => {
  expect(await done(["audit", "list", "--limit", "1"])).toMatch(
    /^\d+\t[\dT:.Z-]+\t\S+\tok\tann@example\.com\t/,
  );
  const old: RunOptions = {
    // The server refuses a field that it does not know, as an older one refuses `include`.
    fetch: (url, init) => fetch(url.replace("%22include%22", "%22of_later%22"), init),
  };
  expect(await done(["audit", "list", "--limit", "1"], old)).toMatch(/\tok\tuser:[0-9a-f-]{36}\t/);
});

const secondTask = async (options?: RunOptions, ...more: string[]) =>
  done(["tasks", "list", "--search", "second", ...more], options);

const errOf = async (...argv: string[]) => (await ann.projo(["tasks", "list", "--limit", "1", ...argv])).err;

const isColoured = async (env: Record<string, string>, columns: number | undefined, ...argv: string[]) =>
  // oxlint-disable-next-line no-control-regex -- escape sequences are what the test looks for
  /\u001b\[\d+m/.test(
    await done(["tasks", "list", "--format", "table", ...argv], { env, ...(columns && { columns }) }),
  );

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join("");

function itemsIn(json: string): Record<string, unknown>[] {
  const value = JSON.parse(json) as Record<string, unknown>;
  return "nextCursor" in value ? (value["items"] as Record<string, unknown>[]) : [value];
}

/** The dotted names of all fields of an object. Values with keys of their own, such as those of an audit entry, count as one. */
function namesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    name,
    ...(["before", "after"].includes(name) ? [] : namesIn(inner).map((path) => `${name}.${path}`)),
  ]);
}

function at(value: unknown, field: string): unknown {
  let found: unknown = value;
  for (const name of field.split(".")) found = (found as Record<string, unknown> | null)?.[name] ?? null;
  return found;
}
