import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, nowhere, openSignedIn, type Outcome, type RunOptions, type Shell } from "./kit.ts";

let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

// Each test imports into a new workspace.
beforeEach(async () => {
  await expectDone(shell.projo(["workspaces", "create", `W${Math.random()}`]));
});

interface Report {
  created: number;
  existing: number;
  refused: { line: number; field: string; reason: string }[];
}

async function importCsv(
  content: string | Uint8Array,
  options: readonly string[] = [],
  run: RunOptions = {},
): Promise<Outcome & { report: Report }> {
  const file = await shell.file("tasks.csv", content);
  const outcome = await shell.projo(["tasks", "import", file, "--json", ...options], run);
  return { ...outcome, report: (outcome.out ? JSON.parse(outcome.out) : {}) as Report };
}

interface Task {
  title: string;
  status: string;
  projectId: string;
}

async function titles(...filters: string[]): Promise<string[]> {
  const { out } = await expectDone(shell.projo(["tasks", "list", "--all", "--json", ...filters]));
  return (JSON.parse(out) as { items: Task[] }).items.map(({ title }) => title);
}

async function projects(): Promise<string[]> {
  const { out } = await expectDone(shell.projo(["projects", "list", "--all", "--json"]));
  return (JSON.parse(out) as { items: { name: string }[] }).items.map(({ name }) => name);
}

const long = "x".repeat(201);

describe("an import", () => {
  it("creates a task from each row, and the named projects", async () => {
    const { code, report } = await importCsv(
      "project,title,status\nDocs,First,todo\nSite,Second,doing\nDocs,Third,\n",
    );
    expect(code).toBe(0);
    expect(report).toEqual({ created: 3, existing: 0, refused: [] });
    expect((await projects()).toSorted((a, b) => a.localeCompare(b))).toEqual(["Docs", "Site"]);
    expect(await titles("--project", "Docs")).toEqual(["Third", "First"]);
    expect(await titles("--status", "todo")).toEqual(["Third", "First"]);
  });

  it("uses an existing project", async () => {
    await expectDone(shell.projo(["projects", "create", "Docs"]));
    await importCsv("project,title\nDocs,First\n");
    expect(await projects()).toEqual(["Docs"]);
  });

  it("imports valid rows and reports refused rows with line and reason", async () => {
    const file = await shell.file(
      "tasks.csv",
      `project,title,status\nDocs,Good,todo\nDocs,${long},todo\nDocs,,todo\nDocs,Odd,later\n,Homeless,todo\nDocs,"A\nB",todo\nDocs,a,todo,b\nDocs,Also good,done\n`,
    );
    const { code, out, err } = await shell.projo(["tasks", "import", file]);
    expect(code).toBe(1);
    expect(out.split("\n")).toEqual([
      "2 tasks imported, 0 already existed, 6 rows refused",
      "line 3: title: Must be at most 200 characters.",
      "line 4: title: Must not be empty.",
      "line 5: status: Must be one of todo, doing, done.",
      "line 6: project: Must not be empty.",
      "line 7: title: Must not contain control characters other than a tab.",
      "line 9: row: Has 4 fields, but the first line names 3 columns. Put text that contains a comma in quotes.",
      "",
    ]);
    expect(err).toContain("Correct the refused rows, then run the same command again");
    expect(await titles()).toEqual(["Also good", "Good"]);
  });

  it("refuses rows with the same messages as the server", async () => {
    const project = (await expectDone(shell.projo(["projects", "create", "Docs"]))).out.trim();
    const bad = [
      { title: "", status: "todo" },
      { title: long, status: "todo" },
      { title: "a\u0007b", status: "todo" },
      { title: "fine", status: "later" },
    ];
    const rows = bad.map(({ title, status }) => `Docs,${title},${status}`);
    const { report } = await importCsv(`project,title,status\n${rows.join("\n")}\n`, ["--dry-run"]);
    for (const [index, item] of bad.entries()) {
      const input = JSON.stringify({ ...item, projectId: project });
      const { err } = await shell.projo(["call", "tasks.create", "-", "--json"], { stdin: input });
      const { fieldErrors } = (JSON.parse(err) as { error: { fieldErrors: Record<string, string[]> } }).error;
      const refused = report.refused[index];
      expect(fieldErrors).toEqual({ [refused?.field ?? ""]: [refused?.reason] });
    }
  });

  it("reports the first line of a record, also after multi-line fields and blank lines", async () => {
    const crlf = `project,title,status\r\n\r\nDocs,"a\r\nb",todo\r\nDocs,"c\r\n\r\nd",todo\r\n\r\nDocs,,todo\r\n`;
    for (const content of [crlf, crlf.replaceAll("\r\n", "\n"), `\ufeff${crlf}`]) {
      const { report } = await importCsv(content, ["--dry-run"]);
      expect(report.refused.map(({ line, field }) => `${line} ${field}`)).toEqual([
        "3 title",
        "5 title",
        "9 title",
      ]);
    }
  });

  it("imports titles byte for byte, except for surrounding whitespace", async () => {
    const given = [
      "Emoji 👩‍👩‍👧‍👦 and 🇪🇺",
      "Narrow\u202fand thin\u2009and\u00a0fixed spaces",
      "Decomposed e\u0301, composed \u00e9",
      'Quotes " and ""',
      "A\ttab",
      "العربية עברית 日本語",
      "=1+1",
      "Zero\u200bwidth \ufeff mark",
      "𝔘".repeat(200),
    ];
    const rows = given.map((title) => `Docs,"  ${title.replaceAll('"', '""')} "`);
    const { report } = await importCsv(`\ufeffproject,title\n${rows.join("\n")}\n`);
    expect(report).toEqual({ created: given.length, existing: 0, refused: [] });
    expect((await titles()).toReversed()).toEqual(given);
  });

  it("creates no duplicates when it is run again", async () => {
    const csv = "project,title\nDocs,One\nDocs,Two\n";
    await importCsv(csv);
    expect((await importCsv(csv)).report).toEqual({ created: 0, existing: 2, refused: [] });
    expect((await importCsv(`${csv}Docs,Three\n`)).report).toEqual({ created: 1, existing: 2, refused: [] });
    expect(await titles()).toEqual(["Three", "Two", "One"]);
  });

  it("creates no duplicates of a file that was saved again with decomposed accents", async () => {
    const csv = "project,title\nCaf\u00e9,Men\u00fc\n";
    await importCsv(csv);
    const { report } = await importCsv(csv.normalize("NFD"));
    expect(report).toEqual({ created: 0, existing: 1, refused: [] });
    expect(await titles()).toEqual(["Men\u00fc"]);
  });

  it("creates two tasks from two equal rows, also when it is run again", async () => {
    const csv = "project,title\nDocs,Same\nDocs,Same\n";
    expect((await importCsv(csv)).report.created).toBe(2);
    expect((await importCsv(csv)).report).toEqual({ created: 0, existing: 2, refused: [] });
    expect(await titles()).toEqual(["Same", "Same"]);
  });

  it("adds only the corrected row when it is run again", async () => {
    await importCsv("project,title,status\nDocs,Same,wrong\nDocs,Same,todo\n");
    const { report } = await importCsv("project,title,status\nDocs,Same,done\nDocs,Same,todo\n");
    expect(report).toEqual({ created: 1, existing: 1, refused: [] });
  });

  it("removes rows that only the server refuses, and sends the others again", async () => {
    const calls: number[] = [];
    const strict: Fetch = (url, init) => {
      if (!url.includes("createMany")) return fetch(url, init);
      const { items } = JSON.parse(init.body ?? "") as { items: Task[] };
      calls.push(items.length);
      // Make these titles too long for the server, so that its refusal is real.
      const changed = items.map((item) => (item.title.startsWith("Bad") ? { ...item, title: long } : item));
      return fetch(url, { ...init, body: JSON.stringify({ items: changed }) });
    };
    const rows = Array.from({ length: 150 }, (_, index) =>
      index % 60 === 7 ? `Docs,Bad ${index}` : `Docs,Good ${index}`,
    );
    const { code, report } = await importCsv(`project,title\n${rows.join("\n")}\n`, [], { fetch: strict });
    expect(code).toBe(1);
    expect(report.created).toBe(147);
    expect(report.refused).toEqual(
      [9, 69, 129].map((line) => ({ line, field: "title", reason: "Must be at most 200 characters." })),
    );
    expect(calls).toEqual([100, 98, 50, 49]);
    expect(await titles()).toHaveLength(147);
  });

  it("keeps a call of the longest titles below the server's maximum body size", async () => {
    const rows = Array.from({ length: 120 }, (_, index) => `Docs,${"🧱".repeat(197)}${index}`);
    const sizes: number[] = [];
    const weighing: Fetch = (url, init) => {
      sizes.push(Buffer.byteLength(init.body ?? ""));
      return fetch(url, init);
    };
    const { report } = await importCsv(`project,title\n${rows.join("\n")}\n`, [], { fetch: weighing });
    expect(report).toEqual({ created: 120, existing: 0, refused: [] });
    expect(Math.max(...sizes)).toBeGreaterThan(80_000);
    expect(Math.max(...sizes)).toBeLessThan(91_000);
  });

  it("keeps the order of the rows", async () => {
    const wanted = Array.from({ length: 250 }, (_, index) => `Row ${index}`);
    await importCsv(`project,title\n${wanted.map((title) => `Docs,${title}`).join("\n")}\n`);
    expect((await titles()).toReversed()).toEqual(wanted);
  });
});

describe("the columns", () => {
  it("may be in any order; an unknown column is reported and ignored", async () => {
    const { report, err } = await importCsv("Status,owner,TITLE,project\ndone,ann,First,Docs\n");
    expect(report.created).toBe(1);
    expect(err).toBe("This column is not imported: owner.\n");
    expect(await titles("--status", "done")).toEqual(["First"]);
  });

  it("a missing title column is an error that names it", async () => {
    const { code, err } = await shell.projo(["tasks", "import", await shell.file("t.csv", "project,name\n")]);
    expect(code).toBe(2);
    expect(err).toBe(
      'projo: t.csv has no column "title". Its first line is: "project", "name". ' +
        "Name the columns in the first line (project,title,status), or choose one with --map title=name.\n",
    );
  });

  it("the project column is optional with --project", async () => {
    const file = await shell.file("t.csv", "title\nFirst\n");
    const refused = await shell.projo(["tasks", "import", file]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('no column "project"');
    expect(refused.err).toContain("or set one project for all rows with --project");
    await expectDone(shell.projo(["projects", "create", "Docs"]));
    const given = await expectDone(shell.projo(["tasks", "import", file, "--project", "Docs"]));
    expect(given.out).toBe("1 task imported, 0 already existed, 0 rows refused\n");
    expect(await titles("--project", "Docs")).toEqual(["First"]);
  });

  it("names alone, an empty file, a directory and a missing file have different messages", async () => {
    const messages: string[] = [];
    await shell.file("names.csv", "project,title,status\n");
    await shell.file("empty.csv", "");
    for (const file of ["names.csv", "empty.csv", ".", "missing.csv"]) {
      const { code, err } = await shell.projo(["tasks", "import", file]);
      expect(code).toBe(2);
      messages.push(err);
    }
    expect(messages).toEqual([
      "projo: names.csv names columns in its first line, but no row follows. Nothing was imported.\n",
      "projo: empty.csv is empty. Its first line must name the columns: project,title,status.\n",
      "projo: . is a directory. Use a CSV file.\n",
      "projo: The file missing.csv does not exist. Check the path.\n",
    ]);
  });
});

describe("an invalid file", () => {
  it("imports the rows before an unclosed quote and names its line", async () => {
    const { report } = await importCsv('project,title\nDocs,First\nDocs,"Second\nDocs,Third\n');
    expect(report).toEqual({
      created: 1,
      existing: 0,
      refused: [
        {
          line: 3,
          field: "row",
          reason: "The quote that opens here is never closed. The file was not read from this line on.",
        },
      ],
    });
  });

  it("refuses a title that is not UTF-8 in a file of UTF-8", async () => {
    const damaged = Buffer.concat([
      Buffer.from("project,title\nDocs,Caf\u00e9\nDocs,Th\u00e9\nDocs,Caf"),
      Buffer.from([0xe9]),
      Buffer.from("\nDocs,Tea\n"),
    ]);
    const { report } = await importCsv(damaged);
    expect(report.created).toBe(3);
    expect(report.refused).toEqual([
      {
        line: 4,
        field: "title",
        reason: "Is not UTF-8 text. Save the file as UTF-8, or name its encoding with --encoding.",
      },
    ]);
    expect((await titles()).toReversed()).toEqual(["Caf\u00e9", "Th\u00e9", "Tea"]);
  });

  it("sends nothing and needs no sign-in in a dry run", async () => {
    const file = await shell.file("t.csv", "project,title\nDocs,First\nDocs,\n");
    const offline: RunOptions = {
      fetch: nowhere,
      env: { PROJO_CONFIG_DIR: "/nowhere" },
    };
    const { code, out } = await shell.projo(["tasks", "import", file, "--dry-run"], offline);
    expect(code).toBe(1);
    expect(out).toBe(
      "LINE  PROJECT  STATUS  TITLE\n2     Docs     todo    First\n" +
        "1 row is valid, 1 row refused. Nothing was sent.\nline 3: title: Must not be empty.\n",
    );
    expect(await projects()).toEqual([]);
  });

  it("refuses a row when several projects have its name", async () => {
    await expectDone(shell.projo(["projects", "create", "Twin"]));
    await expectDone(shell.projo(["projects", "create", "Twin"]));
    const { report } = await importCsv("project,title\nTwin,First\nDocs,Second\n");
    expect(report.created).toBe(1);
    expect(report.refused).toEqual([
      { line: 2, field: "project", reason: "2 projects have this name. Rename all but one of them." },
    ]);
  });
});

/** Fails every call from this number on. */
const breaking = (from: number): Fetch => {
  let calls = 0;
  return (url, init) => {
    if (url.includes("createMany")) calls += 1;
    return calls >= from ? Promise.reject(new TypeError("fetch failed")) : fetch(url, init);
  };
};

/** The workspace has reached its limit of tasks. */
const full: Fetch = async (url, init) => {
  if (!url.includes("createMany")) return fetch(url, init);
  const data = { code: "CONFLICT", httpStatus: 409, reason: "task.too_many" };
  return Response.json(
    { error: { message: "The workspace has reached its limit of tasks.", data } },
    { status: 409 },
  );
};

describe("an interrupted import", () => {
  const rows = Array.from({ length: 350 }, (_, index) => `Docs,Row ${index}`);
  const csv = `project,title\n${rows.join("\n")}\n`;

  it("reports the last imported line, and continues when it is run again", async () => {
    const { code, out, err } = await importCsv(csv, [], { fetch: breaking(3) });
    expect(code).toBe(1);
    expect(out).toBe("");
    const { error } = JSON.parse(err) as { error: { message: string; created: number } };
    expect(error).toMatchObject({ created: 200, existing: 0, doneToLine: 201 });
    expect(error.message).toContain(
      "The rows up to line 201 are done: 200 imported, 0 already existed. Run the same command again to continue.",
    );
    expect((await importCsv(csv)).report).toEqual({ created: 150, existing: 200, refused: [] });
  });

  it("continues after a short connection failure", async () => {
    let failed = false;
    const flaky: Fetch = async (url, init) => {
      const answer = await fetch(url, init);
      if (failed || !url.includes("createMany")) return answer;
      failed = true;
      // The worst case: the server carried out the call, and its response is lost.
      throw new TypeError("fetch failed");
    };
    const { report } = await importCsv(csv, [], { fetch: flaky });
    expect(report).toEqual({ created: 250, existing: 100, refused: [] });
    expect(await titles()).toHaveLength(350);
  });

  it("R11 waits for the retry time of the server when the budget is exhausted, and continues", async () => {
    let refused = 0;
    const exhausted: Fetch = async (url, init) => {
      if (refused === 5 || !url.includes("createMany")) return fetch(url, init);
      refused += 1;
      const data = { code: "TOO_MANY_REQUESTS", httpStatus: 429, reason: "limit.exceeded", retryAfter: 1 };
      return Response.json({ error: { message: "Too many calls.", data } }, { status: 429 });
    };
    const { report } = await importCsv(csv, [], { fetch: exhausted });
    expect(refused).toBe(5);
    expect(report).toEqual({ created: 350, existing: 0, refused: [] });
  });

  it("ends with the server's message when the workspace is full", async () => {
    const { code, err } = await importCsv(csv, [], { fetch: full });
    expect(code).toBe(1);
    expect(err).toContain("The workspace has reached its limit of tasks.");
  });

  it("exits with 130 at Ctrl-C and names the command to continue", async () => {
    const file = await shell.file("tasks.csv", csv);
    let stop: (() => void) | undefined;
    let calls = 0;
    const slow: Fetch = (url, init) => {
      if (url.includes("createMany")) calls += 1;
      if (calls === 3) stop?.();
      return fetch(url, init);
    };
    const { code, err } = await shell.projo(["tasks", "import", file], {
      fetch: slow,
      onStart: (interrupt) => (stop = interrupt),
    });
    expect(code).toBe(130);
    expect(err).toBe(
      "projo: Stopped. The rows up to line 201 are done: 200 imported, 0 already existed. Run the same command again to continue.\n",
    );
  });
});

describe("progress", () => {
  const csv = `project,title\n${Array.from({ length: 2500 }, (_, index) => `Docs,Row ${index}`).join("\n")}\n`;

  it("appears as a line on stderr for every thousand rows without a terminal", async () => {
    const file = await shell.file("tasks.csv", csv);
    const { out, err } = await expectDone(shell.projo(["tasks", "import", file]));
    expect(out).toBe("2500 tasks imported, 0 already existed, 0 rows refused\n");
    expect(err).toMatch(/^1000 rows read, \d\d% of the file\.\n2000 rows read, \d\d% of the file\.\n$/);
  });

  it("appears as a bar in a terminal", async () => {
    const file = await shell.file("tasks.csv", csv);
    const { out, err } = await expectDone(shell.projo(["tasks", "import", file], { types: [] }));
    expect(out).toContain("2500 tasks imported");
    expect(err).toContain("█");
    expect(err).not.toContain("rows read");
  });
});
