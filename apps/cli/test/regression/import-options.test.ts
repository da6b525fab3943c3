// The options of an import, its report of refused rows, and what happens around it on the server.
import { appendFile, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, openSignedIn, type Outcome, type RunOptions, type Shell } from "../kit.ts";

let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

beforeEach(async () => {
  shell = await openSignedIn(server.url, `${Math.random()}@example.com`);
  return () => shell.close();
});

async function importCsv(
  content: string,
  options: readonly string[] = [],
  run: RunOptions = {},
): Promise<Outcome> {
  return shell.projo(["tasks", "import", await shell.file("tasks.csv", content), ...options], run);
}

interface Task {
  title: string;
  status: string;
}

async function tasks(): Promise<Task[]> {
  const { out } = await expectDone(shell.projo(["tasks", "list", "--all", "--json"]));
  const { items } = JSON.parse(out) as { items: Task[] };
  return items.map(({ title, status }) => ({ title, status })).toReversed();
}

const read = (name: string) => readFile(join(shell.directory, name), "utf8");

/** Empties the title "Bad" on the way to the server, so that its refusal is real. */
const emptyingBad: Fetch = (url, init) => {
  if (!url.includes("createMany")) return fetch(url, init);
  return fetch(url, { ...init, body: (init.body ?? "").replace('"Bad"', '""') });
};

describe("--map", () => {
  it("chooses columns by name, in any letter case, and by position", async () => {
    const csv = "Board,Summary,State,Owner\nDocs,First,Done,ann\n";
    for (const map of [
      ["--map", "title=Summary,status=State,project=Board"],
      ["--map", "title=summary", "--map", "status= STATE", "--map", "project=board"],
      ["--map", "title=2,status=3,project=1"],
    ]) {
      const { code, err, out } = await importCsv(csv, [...map, "--dry-run"]);
      expect(code, err).toBe(0);
      expect(out).toContain("2     Docs     done    First");
      expect(err).toContain('Columns: title from "Summary", status from "State", project from "Board".');
      expect(err).toContain("This column is not imported: Owner.");
    }
  });

  it("the mapping appears before the bar in a terminal", async () => {
    const { err } = await importCsv("Board,Summary\nDocs,First\n", ["--map", "title=Summary,project=Board"], {
      types: [],
    });
    expect(err).toMatch(/^Columns: title from "Summary", project from "Board"\.\n/);
    // One row is imported before the bar moves.
    expect(err).toMatch(/[█░]{30} \d+%/);
  });

  it("accepts a comma in the name of a column", async () => {
    const { out } = await importCsv('"What, in short"\nFirst\n', [
      "--map",
      "title=What, in short",
      "--project",
      "P",
      "--dry-run",
    ]);
    expect(out).toContain("2     P        todo    First");
  });

  it.each([
    ["title=Name", 'tasks.csv has no column "Name". Its first line is: "project", "Title", "title".'],
    ["titel=Title", 'There is no field "titel" to map. Map title, status, project or id.'],
    ["title", '"title" names no column.'],
    ["title=TITLE", 'tasks.csv has two columns named "TITLE". Choose one by its position: --map title=2'],
    ["title=9", 'tasks.csv has no column "9".'],
  ])("refuses %s", async (map, message) => {
    const { code, err } = await importCsv("project,Title,title\nDocs,a,b\n", ["--map", map]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("makes the id of another tool the identity of a task, and refuses a repeated id", async () => {
    const csv = "project,title,key\nDocs,First,A-1\nDocs,Second,A-2\nDocs,Third,A-1\n";
    const { out } = await importCsv(csv, ["--map", "id=key"]);
    expect(out).toBe(
      "2 tasks imported, 0 already existed, 1 row refused\nline 4: row: An earlier row has the same id.\n",
    );
    const renamed = await importCsv(
      csv.replace("Second", "Second, renamed").replace("Second, renamed", '"Second, renamed"'),
      ["--map", "id=key"],
    );
    expect(renamed.out).toContain("0 tasks imported, 2 already existed");
  });
});

describe("--status", () => {
  it("maps names, and equal names whatever their letter case and spaces", async () => {
    const names = [
      "In Progress",
      "in-progress",
      "IN_PROGRESS",
      " In  progress ",
      "Geprüft",
      "geprüft!",
      "Neu, offen",
      "done",
      "To-do",
    ];
    const csv = `project,title,status\n${names.map((name, at) => `Docs,T${at},"${name}"`).join("\n")}\n`;
    const done = await expectDone(importCsv(csv, ["--status", "Geprüft=done,Neu, offen=todo"]));
    expect((await tasks()).map(({ status }) => status)).toEqual([
      "doing",
      "doing",
      "doing",
      "doing",
      "done",
      "done",
      "todo",
      "done",
      "todo",
    ]);
    expect(done.err).toContain('"In Progress" is doing');
    expect(done.err).toContain('"Neu, offen" is todo');
  });

  it("a known name after a number needs no option", async () => {
    const names = ["1 - To Do", "02. In Progress", "(3) Done"];
    await expectDone(
      importCsv(`project,title,status\n${names.map((name) => `Docs,T,${name}`).join("\n")}\n`),
    );
    expect((await tasks()).map(({ status }) => status)).toEqual(["todo", "doing", "done"]);
  });

  it("overrules the known names, and * stands for any other name", async () => {
    await expectDone(
      importCsv("project,title,status\nDocs,A,Blocked\nDocs,B,Odd\nDocs,C,\n", [
        "--status",
        "blocked=todo",
        "--status",
        "*=done",
      ]),
    );
    expect((await tasks()).map(({ status }) => status)).toEqual(["todo", "done", "todo"]);
  });

  it("the error names the option for unknown status names, with their number of rows", async () => {
    const { code, err } = await importCsv("project,title,status\nDocs,A,Odd\nDocs,B,Odd\nDocs,C,Neu\n");
    expect(code).toBe(1);
    expect(err).toContain(
      'Unknown status names: "Odd" (2 rows), "Neu" (1 row). Map them to todo, doing or done, for example: --status "Odd=todo,Neu=todo"',
    );
    expect((await importCsv("project,title,status\nDocs,A,x\n", ["--status", "x=later"])).err).toContain(
      '"x=later" is not NAME=STATUS with the status todo, doing, done.',
    );
  });
});

describe("--long-titles", () => {
  const family = "👩‍👩‍👧‍👦";

  it("cuts between characters as people see them, at 200 characters as the server counts them", async () => {
    const long = [
      `${"x".repeat(195)}${family}y`,
      "é".repeat(201),
      `${"a".repeat(199)} end`,
      "e\u0301".repeat(101),
    ];
    const rows = long.map((title) => `Docs,${title}`);
    const { code, out, err } = await importCsv(`project,title\n${rows.join("\n")}\n`, [
      "--long-titles",
      "cut",
    ]);
    expect({ code, out }).toEqual({ code: 0, out: "4 tasks imported, 0 already existed, 0 rows refused\n" });
    expect(err).toContain("4 titles cut to 200 characters.");
    expect((await tasks()).map(({ title }) => title)).toEqual([
      "x".repeat(195),
      "é".repeat(200),
      "a".repeat(199),
      "e\u0301".repeat(100),
    ]);
  });

  it("creates two tasks from two titles that are equal after the cut, and none again", async () => {
    const csv = `project,title\nDocs,${"x".repeat(200)}1\nDocs,${"x".repeat(200)}2\n`;
    expect((await importCsv(csv, ["--long-titles", "cut"])).out).toContain("2 tasks imported");
    expect((await importCsv(csv, ["--long-titles", "cut"])).out).toContain(
      "0 tasks imported, 2 already existed",
    );
  });

  it("refuses a title whose first character is too long", async () => {
    const { out } = await importCsv(`project,title\nDocs,e${"\u0301".repeat(250)}\n`, [
      "--long-titles",
      "cut",
    ]);
    expect(out).toContain("line 2: title: Must be at most 200 characters.");
  });
});

describe("the report of refused rows", () => {
  const csv = 'project;title;status;note\r\nDocs;Same;todo;"a;b"\r\nDocs;Same;odd;"c\nd"\r\nDocs;;todo;\r\n';

  it("the report has the columns of the file, and can be imported after a correction", async () => {
    const first = await importCsv(csv);
    expect(first.err).toContain("They are in tasks.refused.csv: you can also correct them there");
    const report = await read("tasks.refused.csv");
    expect(report.replaceAll(/[0-9a-f]{64}/g, "ID")).toBe(
      "projo_reason;projo_import_id;project;title;status;note\r\n" +
        'status: Must be one of todo, doing, done.;ID;Docs;Same;odd;"c\nd"\r\n' +
        "title: Must not be empty.;ID;Docs;;todo;\r\n",
    );
    expect((await stat(join(shell.directory, "tasks.refused.csv"))).mode & 0o777).toBe(0o600);
    // The corrected row equals an imported one. It is another task, because it is another row of the file.
    await shell.file("tasks.refused.csv", report.replace(";odd;", ";done;"));
    const again = await shell.projo(["tasks", "import", "tasks.refused.csv"]);
    expect(again.out).toContain("1 task imported, 0 already existed, 1 row refused\n");
    expect(again.err).toContain("They are in tasks.refused-2.csv");
    expect(await tasks()).toEqual([
      { title: "Same", status: "todo" },
      { title: "Same", status: "done" },
    ]);
    await shell.file("mended.csv", (await read("tasks.refused-2.csv")).replace(";;todo", ";New;todo"));
    expect((await expectDone(shell.projo(["tasks", "import", "mended.csv"]))).out).toContain(
      "1 task imported",
    );
    expect((await read("tasks.refused-2.csv")).split("\r\n")[0]).toBe(
      "projo_reason;projo_import_id;project;title;status;note",
    );
    // The corrected file itself does not create the row again.
    expect((await importCsv(csv.replace(";odd;", ";done;"))).out).toContain(
      "0 tasks imported, 2 already existed",
    );
  });

  it("the command writes the report to the file of --report, which must not exist, and writes none without refused rows", async () => {
    expect((await importCsv(csv, ["--report", "r.csv", "--dry-run"])).code).toBe(1);
    expect((await read("r.csv")).split("\r\n")).toHaveLength(4);
    const refused = await importCsv(csv, ["--report", "r.csv"]);
    expect({ code: refused.code, tasks: await tasks() }).toEqual({ code: 2, tasks: [] });
    expect(refused.err).toContain("The file r.csv exists already. Choose another name for --report.");
    expect((await importCsv(csv, ["--report", "nowhere/r.csv"])).err).toContain("cannot be created (ENOENT)");
    await expectDone(importCsv("project,title\nDocs,A\n", ["--report", "none.csv"]));
    expect(await readdir(shell.directory)).toEqual(["r.csv", "tasks.csv"]);
  });

  it("names no file after a dry run without --report", async () => {
    const { err } = await importCsv(csv, ["--dry-run"]);
    expect(err).not.toContain("They are in");
    expect(await readdir(shell.directory)).toEqual(["tasks.csv"]);
  });

  it("contains rows that the server refuses", async () => {
    const { out } = await importCsv("project,title\nDocs,Good\nDocs,Bad\n", [], { fetch: emptyingBad });
    expect(out).toContain(
      "1 task imported, 0 already existed, 1 row refused\nline 3: title: Must not be empty.\n",
    );
    expect(await read("tasks.refused.csv")).toMatch(/title: Must not be empty\.,[0-9a-f]{64},Docs,Bad\n$/);
  });
});

describe("an import names the cause", () => {
  it("when its project is deleted meanwhile, and completes on the next run", async () => {
    const rows = Array.from({ length: 250 }, (_, at) => `${at < 100 ? "One" : "Two"},Row ${at}`);
    const csv = `project,title\n${rows.join("\n")}\n`;
    let calls = 0;
    const deleting: Fetch = async (url, init) => {
      if (url.includes("createMany") && (calls += 1) === 3)
        await expectDone(shell.projo(["projects", "delete", "Two", "--yes"]));
      return fetch(url, init);
    };
    const { code, err } = await importCsv(csv, [], { fetch: deleting });
    expect(code).toBe(1);
    expect(err).toContain(
      'The project "Two" was deleted during the import. The rows up to line 201 are done: 200 imported, 0 already existed. Run the same command again to continue.',
    );
    expect((await importCsv(csv)).out).toBe("150 tasks imported, 100 already existed, 0 rows refused\n");
    expect(await tasks()).toHaveLength(250);
  });

  it("when the file grows meanwhile, and does not import a row that may be incomplete", async () => {
    const rows = Array.from({ length: 150 }, (_, at) => `Docs,Row ${at}`);
    const growing: Fetch = async (url, init) => {
      if (url.includes("projects.list"))
        await appendFile(join(shell.directory, "tasks.csv"), " continued\nDocs,Last\n");
      return fetch(url, init);
    };
    const { code, err } = await importCsv(`project,title\n${rows.join("\n")}`, [], { fetch: growing });
    expect(code).toBe(1);
    expect(err).toContain(
      "tasks.csv changed during the import. Wait until it is complete. The rows up to line 101 are done:",
    );
    expect((await shell.projo(["tasks", "import", "tasks.csv"])).out).toContain(
      "51 tasks imported, 100 already existed",
    );
    expect((await tasks()).slice(-2).map(({ title }) => title)).toEqual(["Row 149 continued", "Last"]);
  });

  it("when the server limits the work, and waits", async () => {
    let refused = 0;
    const limiting: Fetch = async (url, init) => {
      if (refused === 2 || !url.includes("projects.findOrCreate")) return fetch(url, init);
      refused += 1;
      const data = {
        code: "TOO_MANY_REQUESTS",
        httpStatus: 429,
        reason: "limit.exceeded",
        retryAfter: refused === 1 ? 3 : 1,
      };
      return Response.json({ error: { message: "Too many calls.", data } }, { status: 429 });
    };
    const { out, err } = await importCsv("project,title\nDocs,A\n", [], { fetch: limiting });
    expect(out).toContain("1 task imported");
    expect(err).toBe("The server limits the work per minute. The import waits 3 seconds and continues.\n");
  });
});

it("imports with a service key that may not create projects into a project that exists", async () => {
  await expectDone(shell.projo(["projects", "create", "Docs"]));
  const made = await expectDone(
    shell.projo(["keys", "create", "import", "--scopes", "task:write,project:read", "--json"]),
  );
  const { token } = JSON.parse(made.out) as { token: string };
  const env = { PROJO_TOKEN: token };
  expect((await expectDone(importCsv("project,title\nDocs,A\n", [], { env }))).out).toContain(
    "1 task imported",
  );
  const { code, err } = await importCsv("project,title\nNew,A\n", [], { env });
  expect(code).toBe(1);
  expect(err).toContain(
    "The service key in PROJO_TOKEN needs the scope project:write and the role member or admin.",
  );
});
