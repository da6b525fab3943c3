// The forms in which tools write tables. A dry run shows the tasks that a file would become.
import { execFileSync } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nowhere, openShell, type RunOptions, type Shell } from "../kit.ts";

let shell: Shell;
beforeAll(async () => {
  shell = await openShell("http://127.0.0.1:9");
});
afterAll(() => shell.close());

interface DryRun {
  valid: number;
  refused: { line: number; field: string; reason: string }[];
  encoding: string;
  separator: string;
  columns: Record<string, string[]>;
  statuses: Record<string, string>;
  unknownStatuses: Record<string, number>;
  tasks: { line: number; project: string; title: string; status: string }[];
}

async function dryRun(
  content: string | Uint8Array,
  options: readonly string[] = [],
  { name = "t.csv", ...run }: RunOptions & { name?: string } = {},
) {
  await shell.file(name, content);
  const argv = ["tasks", "import", name, "--dry-run", "--json", ...options];
  const outcome = await shell.projo(argv, { fetch: nowhere, ...run });
  return { ...outcome, report: (outcome.out ? JSON.parse(outcome.out) : undefined) as DryRun };
}

const plain = "project,title,status\nDocs,Café “1”,todo\nDocs,Größe – 2,done\n";
const tasks = [
  { line: 2, project: "Docs", title: "Café “1”", status: "todo" },
  { line: 3, project: "Docs", title: "Größe – 2", status: "done" },
];
const with1 = (separator: string) => plain.replaceAll(",", separator);
const crlf = plain.replaceAll("\n", "\r\n");

describe("N8 an import reads", () => {
  it.each([
    ["UTF-8", plain],
    ["UTF-8 with a byte order mark", `\ufeff${plain}`],
    ["UTF-8 with two byte order marks", `\ufeff\ufeff${plain}`],
    ["UTF-16 LE with a byte order mark", iconv.encode(plain, "utf16le", { addBOM: true })],
    ["UTF-16 BE with a byte order mark", iconv.encode(plain, "utf16be", { addBOM: true })],
    ["UTF-16 LE without a byte order mark", iconv.encode(plain, "utf16le")],
    ["UTF-16 BE without a byte order mark", iconv.encode(plain, "utf16be")],
    [
      "UTF-16 LE with tabs, as Excel's Unicode text",
      iconv.encode(with1("\t").replaceAll("\n", "\r\n"), "utf16le", { addBOM: true }),
    ],
    ["Windows-1252", iconv.encode(plain, "win1252")],
    ["Windows-1252 with semicolons and CRLF", iconv.encode(with1(";").replaceAll("\n", "\r\n"), "win1252")],
    ["tabs", with1("\t")],
    ["semicolons", with1(";")],
    ["vertical bars", with1("|")],
    ["CRLF", crlf],
    ["lone CR", plain.replaceAll("\n", "\r")],
    ["lone CR with a quoted LF in another column", 'project,note,title,status\rDocs,"a\nb",Café “1”,todo\r'],
    [
      "Mac Roman with lone CR, as an old spreadsheet program on a Mac",
      iconv.encode(plain.replaceAll("\n", "\r"), "macintosh"),
    ],
    [
      "Windows-1252 with lone CR",
      iconv.encode("project,title,status\rDocs,Café “1”,todo\rDocs,Größe – 2,done\r", "win1252"),
    ],
    ["CRLF and LF", plain.replace("\n", "\r\n")],
    ["no line break at the end", plain.trimEnd()],
    ["empty rows at the end", `${plain}\n\r\n\n   \n`],
    ["rows of only separators", plain.replace("Docs,Gr", ",,\n , ,\nDocs,Gr")],
    ["empty rows at the start", `\n\n${plain}`],
    ["extra separators at the end of rows", plain.replaceAll("\n", ",,\n")],
    ["a repeated header", plain.replace("Docs,Gr", "Project,Title,Status\nDocs,Gr")],
    [
      "a header in capital letters and with spaces",
      plain.replace("project,title,status", " PROJECT , Title ,STATUS "),
    ],
    ["a quoted header", plain.replace("project,title,status", '"project","title","status"')],
    ["a header with no-break spaces", plain.replace("title", "\u00a0Title\u00a0")],
    ["spaces between quotes and separators", plain.replaceAll(/[^,\n]+/g, ' "$&" ')],
    ["tabs and quotes, with spaces between them", with1("\t").replaceAll(/[^\t\n]+/g, ' "$&" ')],
    ["quoted cells", plain.replaceAll(/[^,\n]+/g, '"$&"')],
    ["columns that are not imported", plain.replaceAll(/,(?=[^,\n]+\n)/g, ',x;"y"|z,')],
  ] as const)("%s", async (form, content) => {
    const { code, err, report } = await dryRun(content);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(report.refused).toEqual([]);
    const read = report.tasks.map(({ project, title, status }) => ({ project, title, status }));
    const expected = tasks.map(({ project, title, status }) => ({ project, title, status }));
    expect(read).toEqual(form.includes("quoted LF") ? expected.slice(0, 1) : expected);
  });

  it.each([
    ["sep=;\n", ";"],
    ["sep=;\r\n", ";"],
    ['"sep=;"\n', ";"],
    ["SEP=|\n", "|"],
    ["sep=\t\n", "\t"],
    ["sep=,\n", ","],
    ["\ufeffsep=;\n", ";"],
  ])("the separator that the line %j names", async (line, separator) => {
    const { report } = await dryRun(line + with1(separator));
    expect(report.separator).toBe(separator);
    expect(report.tasks).toEqual(tasks.map((task) => ({ ...task, line: task.line + 1 })));
  });

  it("the encoding that an option names", async () => {
    for (const [option, label] of [
      ["macintosh", "macintosh"],
      ["utf-16", "utf16le"],
      ["Windows-1252", "win1252"],
      ["UTF-8", "utf8"],
    ] as const) {
      const { report, err } = await dryRun(iconv.encode(plain, label), ["--encoding", option]);
      expect(report?.tasks, err).toEqual(tasks);
    }
    const japanese = iconv.encode("project,title\n資料,表示を直す\n", "shift_jis");
    expect((await dryRun(japanese, ["--encoding", "shift_jis"])).report.tasks[0]?.title).toBe("表示を直す");
    for (const [text, label] of [
      ["Задача: исправить вход", "win1251"],
      ["Διόρθωση της εισόδου", "win1253"],
      ["修正登录页面", "gbk"],
    ] as const) {
      const other = iconv.encode(`project,title\nDocs,${text}\n`, label);
      expect((await dryRun(other)).code, label).toBe(2);
      expect((await dryRun(other, ["--encoding", label])).report.tasks[0]?.title).toBe(text);
    }
    const { code, err } = await dryRun(japanese);
    expect(code).toBe(2);
    expect(err).toContain("t.csv is neither UTF-8 nor Windows-1252. Name its encoding");
    expect((await dryRun(plain, ["--encoding", "klingon"])).err).toContain(
      '--encoding: there is no encoding \\"klingon\\".',
    );
  });

  it("the separator that an option names", async () => {
    for (const [option, separator] of [
      ["comma", ","],
      ["semicolon", ";"],
      ["tab", "\t"],
      ["pipe", "|"],
      ["~", "~"],
    ] as const) {
      expect((await dryRun(with1(separator), ["--separator", option])).report.tasks).toEqual(tasks);
    }
    expect((await dryRun(plain, ["--separator", "ab"])).code).toBe(2);
  });

  it("a file of another size than a part of the stream, whose first letter outside ASCII comes late", async () => {
    const rows = Array.from({ length: 30_000 }, (_, at) => `Docs,Row ${at} of the file,todo\n`).join("");
    const { report } = await dryRun(iconv.encode(`project,title,status\n${rows}Docs,Café,todo\n`, "win1252"));
    expect(report).toMatchObject({ valid: 30_001, encoding: "Windows-1252" });
  });

  it("formulas as text, and quotes inside a cell", async () => {
    const titles = ["=1+1", "+1", "-1", "@SUM(A1)", 'say "hi"', '5" disk'];
    const rows = titles.map((title) => `Docs,"${title.replaceAll('"', '""')}"`);
    const { report } = await dryRun(`project,title\n${rows.join("\n")}\n`);
    expect(report.valid).toBe(6);
    expect(report.tasks.map(({ title }) => title)).toEqual(titles.slice(0, 5));
  });

  it("rows with too few columns, and refuses rows with too many", async () => {
    const { report } = await dryRun("project,title,status\nDocs,One\nDocs\nDocs,Two,todo,extra\n");
    expect(report.valid).toBe(1);
    expect(report.refused.map(({ line, field }) => ({ line, field }))).toEqual([
      { line: 3, field: "title" },
      { line: 4, field: "row" },
    ]);
  });

  it("standard input", async () => {
    const { code, out } = await shell.projo(["tasks", "import", "-", "--dry-run", "--json"], {
      stdin: plain,
      fetch: nowhere,
    });
    expect({ code, tasks: (JSON.parse(out) as DryRun).tasks }).toEqual({ code: 0, tasks });
    const latin = iconv.encode(plain, "win1252").toString("latin1");
    const empty = await shell.projo(["tasks", "import", "-", "--dry-run"], { stdin: "", fetch: nowhere });
    expect({ code: empty.code, latin: latin.length > 0 }).toEqual({ code: 2, latin: true });
    expect(empty.err).toContain("Standard input is empty.");
  });

  it("a named pipe", async () => {
    const pipe = join(shell.directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writing = appendFile(pipe, iconv.encode(plain, "win1252"));
    const { out } = await shell.projo(["tasks", "import", "pipe", "--dry-run", "--json"], { fetch: nowhere });
    await writing;
    expect((JSON.parse(out) as DryRun).tasks).toEqual(tasks);
  });
});

describe("N8 an import says", () => {
  it("which encoding it assumes, with an example from the file", async () => {
    const { err } = await dryRun(iconv.encode(with1(";"), "win1252"));
    expect(err).toContain(
      't.csv is not UTF-8. It is read as Windows-1252, for example "Café"; columns separated by semicolons. If letters are wrong, name the encoding with --encoding.',
    );
  });

  it("how many rows it skipped", async () => {
    const { err } = await dryRun(`${plain},,\nproject,title,status\n`);
    expect(err).toContain("Skipped: 1 empty row and 1 repetition of the first line.");
  });

  it("the meaning of the columns and of the status names", async () => {
    const { out, err } = await shell.projo(
      [
        "tasks",
        "import",
        await shell.file("s.csv", "project,title,status\nDocs,A,In-progress\n"),
        "--dry-run",
      ],
      { fetch: nowhere },
    );
    expect(err).toBe(
      's.csv: UTF-8, columns separated by commas.\nColumns: title from "title", status from "status", project from "project".\nStatus names: "In-progress" is doing.\n',
    );
    expect(out).toBe(
      "LINE  PROJECT  STATUS  TITLE\n2     Docs     doing   A\n1 row is valid, 0 rows refused. Nothing was sent.\n",
    );
  });
});

describe("N8 an import refuses", () => {
  it.each([
    [
      "an Excel workbook",
      "PK\x03\x04\x14\0\x06\0[Content_Types].xml xl/workbook.xml",
      "is an Excel workbook (.xlsx). Open it in a spreadsheet program and save it as CSV (UTF-8).",
    ],
    ["an old Excel workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0", "is an Excel workbook (.xls)."],
    [
      "an OpenDocument spreadsheet",
      "PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
      "is an OpenDocument spreadsheet (.ods).",
    ],
    [
      "a ZIP archive",
      "PK\x03\x04\x14\0\0\0tasks.csv",
      "is a ZIP archive. Unpack it, then import the CSV file inside.",
    ],
    ["a PDF document", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF document. Export the data as CSV."],
    [
      "a web page",
      "\n<!DOCTYPE html>\n<html><head><title>Sign in</title>",
      "is a web page (HTML). A browser may have saved the sign-in page",
    ],
    ["JSON", '[\n  {"title": "One"}\n]', "is JSON. Export the data as CSV"],
    ["an object of JSON", '{"issues": []}', "is JSON."],
    ["XML", '<?xml version="1.0"?><rss></rss>', "is XML."],
    [
      "gzip",
      "\x1f\x8b\x08\0\0\0\0\0",
      "is compressed with gzip. Decompress it: gunzip -c FILE | projo tasks import -",
    ],
    ["UTF-32", "\xff\xfe\0\0t\0\0\0", "is text in UTF-32. Save it as UTF-8."],
    ["other bytes", "title\0\x01\x02\x03\x04\x05\xff\xfe\x90\0\x01\x02", "is not a text file."],
    ["an empty file", "", "is empty. Its first line must name the columns: project,title,status."],
    ["only line breaks", "\n\r\n\n", "is empty."],
    ["only separators", ",,\n,,\n", "is empty."],
    ["only a byte order mark", "\xef\xbb\xbf", "is empty."],
    [
      "a header alone",
      "project,title,status\n",
      "names columns in its first line, but no row follows. Nothing was imported.",
    ],
    ["a header and empty rows", "project,title,status\n,,\n\n", "but no row follows."],
    [
      "no header",
      "Docs,First,todo\nDocs,Second,todo\n",
      'has no column "title". Its first line is: "Docs", "First", "todo". Name the columns in the first line',
    ],
    ["other names", "Board,Summary,State\nDocs,First,todo\n", "or choose one with --map title=Summary."],
    [
      "two columns of one name",
      "title,project,title\na,b,c\n",
      'has two columns named "title". Remove one, or choose one by its position: --map title=1',
    ],
  ])("%s", async (_, content, message) => {
    const { code, out, err } = await dryRun(Buffer.from(content, "latin1"));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const { error } = JSON.parse(err.slice(err.indexOf("{"))) as { error: { message: string } };
    expect(error.message).toMatch(/^t\.csv (?:is|has|names) /);
    expect(error.message).toContain(message);
  });

  it("a terminal as standard input", async () => {
    const { code, err } = await shell.projo(["tasks", "import", "-", "--dry-run"], {
      types: [],
      fetch: nowhere,
    });
    expect(code).toBe(2);
    expect(err).toContain("Standard input is a terminal. Pipe in a file: projo tasks import - < backlog.csv");
  });

  it("a title that contains a NUL character", async () => {
    const { report } = await dryRun(`${plain}Docs,a\0b,todo\n`);
    expect(report).toMatchObject({ valid: 2, refused: [{ line: 4, field: "title" }] });
  });

  it("the row that never ends, and names its line", async () => {
    const { code, report } = await dryRun(`project,title\nDocs,One\nDocs,${"x\r".repeat(5_000_000)}`);
    expect({ code, valid: report.valid }).toEqual({ code: 1, valid: 1 });
    expect(report.refused).toMatchObject([
      { line: 3, field: "row", reason: expect.stringContaining("longer than 8 MB") },
    ]);
  });

  it("the row in which a quote is never closed, and names its line", async () => {
    const { report } = await dryRun('project,title\nDocs,One\nDocs,"Two\nDocs,Three\n');
    expect(report).toMatchObject({ valid: 1, refused: [{ line: 3, field: "row" }] });
  });
});
