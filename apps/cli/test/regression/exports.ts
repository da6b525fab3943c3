// Files as other tools export them, with 300 rows each: their columns, quotes, line breaks and encodings.
import iconv from "iconv-lite";

export interface ExportFile {
  name: string;
  content: Buffer;
  /** The title of each row, as it becomes a task with --long-titles refuse; undefined when the row is refused. */
  titles: readonly (string | undefined)[];
  /** The number of rows for each status. */
  statuses: Readonly<Record<"todo" | "doing" | "done", number>>;
  /** The names of the projects that the import creates. */
  projects: readonly string[];
  separator: string;
  /** The column of the titles. */
  titleColumn: string;
}

export const ROWS = 300;
const LONG = "A title that does not end ".repeat(9);

const subjects = [
  "Fix the login, again",
  'Rename "Save" to “Store”',
  "=SUM(A1:A9) in a cell is text",
  "Café menu: prices in €",
  "-- remove the dashes",
  "Größe & Naïveté",
  "@mention in the title",
  "Semicolons; and | pipes",
];

/** A title for each row. Row 40 is too long and row 80 is empty. */
function titleOf(row: number): string {
  if (row === 40) return LONG;
  if (row === 80) return "";
  return `${subjects[row % subjects.length]} (${row})`;
}

type Cells = Readonly<Record<string, string>>;

interface Spec {
  name: string;
  titleColumn: string;
  /** The names of the columns, with vertical bars between them. */
  header: string;
  /** The cells of a row by the name of their column. Other cells are empty. */
  row: (at: number) => Cells;
  statusOf: (at: number) => "todo" | "doing" | "done";
  projects: readonly string[];
  separator?: string;
  lineBreak?: string;
  encoding?: string;
  before?: string;
  quotesAll?: boolean;
}

function exportFile(spec: Spec): ExportFile {
  const { separator = ",", lineBreak = "\n", encoding = "utf8", before = "", quotesAll = false } = spec;
  const cell = (text: string) =>
    quotesAll || text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lineOf = (cells: readonly string[]) => cells.map(cell).join(separator) + lineBreak;
  const header = spec.header.split("|");
  const all = Array.from({ length: ROWS }, (_, at) => ({ at, title: titleOf(at) }));
  const lines = all.map(({ at, title }) => {
    const cells: Cells = { ...spec.row(at), [spec.titleColumn]: title };
    return lineOf(header.map((name) => cells[name] ?? ""));
  });
  const titles = all.map(({ title }) => (title === "" || title === LONG ? undefined : title));
  const statuses = { todo: 0, doing: 0, done: 0 };
  all.forEach(({ at }) => {
    if (titles[at] !== undefined) statuses[spec.statusOf(at)] += 1;
  });
  return {
    name: spec.name,
    content: iconv.encode(before + lineOf(header) + lines.join(""), encoding),
    titles,
    statuses,
    projects: spec.projects,
    separator,
    titleColumn: spec.titleColumn,
  };
}

const pick = <T>(list: readonly T[], at: number): T => {
  const item = list[at % list.length];
  if (item === undefined) throw new Error("The list is empty.");
  return item;
};

const pad = (number: number) => String(number).padStart(2, "0");

/** Jira repeats the columns of lists, and writes texts of several lines. The category knows statuses that a team invents. */
const jira = exportFile({
  name: "Jira.csv",
  titleColumn: "Summary",
  header:
    "Summary|Issue key|Issue id|Issue Type|Status|Project key|Project name|Project type|Project lead|Priority|Resolution|" +
    "Assignee|Assignee Id|Reporter|Created|Updated|Labels|Labels|Labels|Description|Sprint|Sprint|" +
    "Custom field (Story Points)|Comment|Comment|Status Category",
  row: (at) => ({
    "Issue key": `WEB-${at + 1}`,
    "Issue id": String(10_000 + at),
    "Issue Type": pick(["Story", "Bug", "Task"], at),
    Status: pick(["To Do", "In Progress", "Code Review", "Done", "Won't Do", "Waiting for legal"], at),
    "Project key": "WEB",
    "Project name": "Web shop",
    Assignee: "Ann Ek",
    Created: `${pad((at % 28) + 1)}/Nov/26 9:${pad(at % 60)} AM`,
    Labels: at % 2 ? "urgent" : "",
    Description: 'Steps:\n1. Open "Cart", then pay\n2. Wait',
    Sprint: "Sprint 7",
    Comment: "27/Nov/26 9:12 AM;5b10a2844c20165700ede21g;Looks good, thanks",
    "Status Category": pick(["To Do", "In Progress", "In Progress", "Done", "Done", "In Progress"], at),
  }),
  statusOf: (at) => pick(["todo", "doing", "doing", "done", "done", "doing"] as const, at),
  projects: ["Web shop"],
});

/** Linear quotes every cell. Issues without a project belong to their team. */
const linear = exportFile({
  name: "Linear.csv",
  titleColumn: "Title",
  quotesAll: true,
  header:
    "ID|Team|Title|Description|Status|Estimate|Priority|Project ID|Project|Creator|Assignee|Labels|Cycle Number|" +
    "Cycle Name|Created|Updated|Started|Completed|Canceled|Due Date|Parent issue|SLA Status",
  row: (at) => ({
    ID: `ENG-${at + 1}`,
    Team: "Engineering",
    Description: "Some **text**,\nwith lines",
    Status: pick(["Backlog", "Todo", "In Progress", "In Review", "Done", "Canceled"], at),
    Project: at % 3 ? "Mobile app" : "",
    Creator: "ann@example.com",
    Labels: "Bug, iOS",
    Created: "Fri Nov 27 2026 09:12:44 GMT+0000 (GMT)",
  }),
  statusOf: (at) => pick(["todo", "todo", "doing", "doing", "done", "done"] as const, at),
  projects: ["Engineering", "Mobile app"],
});

/** Asana writes a byte order mark. A task is done when it has a time of completion. */
const asana = exportFile({
  name: "Asana.csv",
  titleColumn: "Name",
  before: "\ufeff",
  lineBreak: "\r\n",
  header:
    "Task ID|Created At|Completed At|Last Modified|Name|Section/Column|Assignee|Assignee Email|Start Date|Due Date|Tags|" +
    "Notes|Projects|Parent task|Blocked By (Dependencies)|Blocking (Dependencies)",
  row: (at) => ({
    "Task ID": `12046${at}`,
    "Created At": "2026-11-01",
    "Completed At": at % 4 === 0 ? "2026-11-20" : "",
    "Section/Column": pick(["Doing", "Design", "Recently assigned", "In progress"], at),
    Notes: 'Notes with "quotes"\r\nand lines',
    Projects: "Launch",
  }),
  statusOf: (at) => pick(["done", "todo", "todo", "doing"] as const, at),
  projects: ["Launch"],
});

/** A Trello export that a spreadsheet program on Windows saved again: semicolons, Windows-1252 and CRLF. */
const trello = exportFile({
  name: "Trello.csv",
  titleColumn: "Card Name",
  separator: ";",
  lineBreak: "\r\n",
  encoding: "win1252",
  before: "sep=;\r\n",
  header:
    "Card ID|Card Name|Card URL|Card Description|Labels|Members|Due Date|Attachment Count|Checklist Item Total Count|" +
    "Comment Count|Last Activity Date|List ID|List Name|Board ID|Board Name|Archived|Start Date|Due Complete",
  row: (at) => ({
    "Card ID": `65fa${at.toString(16).padStart(20, "0")}`,
    "Card URL": `https://trello.com/c/${at}`,
    "Card Description": "“Quoted” – text; and more",
    Labels: "rot, grün",
    "List Name": pick(["To Do", "Doing", "Done", "Up next"], at),
    "Board Name": "Büro",
    Archived: "false",
  }),
  statusOf: (at) => pick(["todo", "doing", "done", "todo"] as const, at),
  projects: ["Büro"],
});

/** The view of a GitHub project, with tabs. Titles on GitHub may have 256 characters. */
const github = exportFile({
  name: "GitHub.tsv",
  titleColumn: "Title",
  separator: "\t",
  header: "Title|URL|Assignees|Status|Linked pull requests|Reviewers|Repository|Labels|Milestone",
  row: (at) => ({
    URL: `https://github.com/acme/web/issues/${at}`,
    Assignees: "ann, bo",
    Status: pick(["Todo", "In Progress", "Done", "🏗 In review", ""], at),
    Repository: "acme/web",
    Labels: "bug",
  }),
  statusOf: (at) => pick(["todo", "doing", "done", "doing", "todo"] as const, at),
  projects: ["acme/web"],
});

export const exportFiles: readonly ExportFile[] = [jira, linear, asana, trello, github];
