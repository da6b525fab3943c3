import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openSignedIn, type Shell } from "../kit.ts";
import { type ExportFile, exportFiles, ROWS } from "./exports.ts";

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

interface Task {
  title: string;
  status: string;
}

async function listed(argv: readonly string[]): Promise<unknown[]> {
  const { out } = await expectDone(shell.projo([...argv, "--all", "--json"]));
  return (JSON.parse(out) as { items: unknown[] }).items;
}

const tasks = () => listed(["tasks", "list"]) as Promise<Task[]>;

describe.each(exportFiles)("N8 the export $name", (file) => {
  it("comes in with one command, and its corrected report completes it", async () => {
    await expectDone(shell.projo(["workspaces", "create", file.name]));
    await shell.file(file.name, file.content);
    const first = await shell.projo(["tasks", "import", file.name]);
    const tool = file.name.replace(/\..*/, "");
    expect(first.err).toMatch(new RegExp(`Recognized an? ${tool} export: title from "`));
    expect(first.code).toBe(1);
    const accepted = file.titles.filter((title) => title !== undefined);
    expect(accepted).toHaveLength(ROWS - 2);
    expect(first.out).toMatch(/^298 tasks imported, 0 already existed, 2 rows refused\n/);
    const imported = await tasks();
    expect(imported.map(({ title }) => title).toReversed()).toEqual(accepted);
    const counts = { todo: 0, doing: 0, done: 0 } as Record<string, number>;
    for (const { status } of imported) counts[status] = (counts[status] ?? 0) + 1;
    expect(counts).toEqual(file.statuses);
    const projects = (await listed(["projects", "list"])) as { name: string }[];
    expect(projects.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b))).toEqual(file.projects);

    // The report holds the two refused rows in the columns of the file. One is corrected by an option, the other by hand.
    const report = file.name.replace(/\.(?=[^.]*$)/, ".refused.");
    expect(first.err).toContain(`They are in ${report}`);
    const text = await readFile(join(shell.directory, report), "utf8");
    expect(text).toContain("title: Must be at most 200 characters.");
    expect(text).toContain("title: Must not be empty.");
    await shell.file(report, withTitles(text, file));
    const again = await expectDone(shell.projo(["tasks", "import", report, "--long-titles", "cut"]));
    expect(again.out).toBe("2 tasks imported, 0 already existed, 0 rows refused\n");
    expect(await tasks()).toHaveLength(ROWS);
    const repeated = await expectDone(shell.projo(["tasks", "import", report, "--long-titles", "cut"]));
    expect(repeated.out).toBe("0 tasks imported, 2 already existed, 0 rows refused\n");
    const whole = await shell.projo(["tasks", "import", file.name, "--long-titles", "cut"]);
    expect(whole.out).toContain(`0 tasks imported, ${ROWS - 1} already existed, 1 row refused\n`);
  });
});

/** Writes a title into each row of a report that has none. */
function withTitles(report: string, { separator, titleColumn }: ExportFile): string {
  const [header = [], ...rows] = parse(report, {
    bom: true,
    delimiter: separator,
    from_line: firstLine(report),
  });
  const column = header.indexOf(titleColumn);
  const mended = rows.map((row) => row.with(column, row[column] || "Mended"));
  const quoted = (row: readonly string[]) =>
    row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(separator);
  return [header, ...mended].map((row) => `${quoted(row)}\n`).join("");
}

/** The line of the header: the second one after a line that names the separator. */
const firstLine = (report: string): number => (/^\ufeff?sep=/.test(report) ? 2 : 1);
