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

interface Spec {
  name: string;
  titleColumn: string;
  header: readonly string[];
  row: (at: number, title: string) => readonly string[];
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
  const all = Array.from({ length: ROWS }, (_, at) => ({ at, title: titleOf(at) }));
  const text =
    before + lineOf(spec.header) + all.map(({ at, title }) => lineOf(spec.row(at, title))).join("");
  const titles = all.map(({ title }) => (title === "" || title === LONG ? undefined : title));
  const statuses = { todo: 0, doing: 0, done: 0 };
  all.forEach(({ at }) => {
    if (titles[at] !== undefined) statuses[spec.statusOf(at)] += 1;
  });
  return {
    name: spec.name,
    content: iconv.encode(text, encoding),
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

const day = (at: number) =>
  `${String((at % 28) + 1).padStart(2, "0")}/Nov/26 9:${String(at % 60).padStart(2, "0")} AM`;

const jiraStatuses = [
  "To Do",
  "In Progress",
  "Code Review",
  "Done",
  "Won't Do",
  "Waiting for legal",
] as const;

/** Jira repeats the columns of lists, and writes comments of several lines. */
const jira = exportFile({
  name: "Jira.csv",
  titleColumn: "Summary",
  header: [
    ...[
      "Summary",
      "Issue key",
      "Issue id",
      "Issue Type",
      "Status",
      "Project key",
      "Project name",
      "Project type",
    ],
    ...[
      "Priority",
      "Resolution",
      "Assignee",
      "Assignee Id",
      "Reporter",
      "Created",
      "Updated",
      "Labels",
      "Labels",
    ],
    ...["Labels", "Description", "Sprint", "Sprint", "Custom field (Story Points)", "Comment", "Comment"],
    "Status Category",
  ],
  row: (at, title) => [
    ...[
      title,
      `WEB-${at + 1}`,
      String(10_000 + at),
      pick(["Story", "Bug", "Task"], at),
      pick(jiraStatuses, at),
    ],
    ...[
      "WEB",
      "Web shop",
      "software",
      "Medium",
      "",
      "Ann Ek",
      "5b10a2844c20165700ede21g",
      "Bo Li",
      day(at),
      day(at),
    ],
    ...["ui", at % 2 ? "urgent" : "", "", `Steps:\n1. Open "Cart", then pay\n2. Wait`, "Sprint 7", "", "3.0"],
    ...[
      `${day(at)};5b10a;Looks good, thanks`,
      "",
      pick(["To Do", "In Progress", "In Progress", "Done", "Done", "In Progress"], at),
    ],
  ],
  statusOf: (at) => pick(["todo", "doing", "doing", "done", "done", "doing"] as const, at),
  projects: ["Web shop"],
});

/** Linear quotes every cell. Issues without a project belong to their team. */
const linear = exportFile({
  name: "Linear.csv",
  titleColumn: "Title",
  quotesAll: true,
  header: [
    ...[
      "ID",
      "Team",
      "Title",
      "Description",
      "Status",
      "Estimate",
      "Priority",
      "Project ID",
      "Project",
      "Creator",
    ],
    ...[
      "Assignee",
      "Labels",
      "Cycle Number",
      "Cycle Name",
      "Created",
      "Updated",
      "Started",
      "Completed",
      "Canceled",
    ],
    ...["Due Date", "Parent issue", "SLA Status"],
  ],
  row: (at, title) => [
    ...[
      `ENG-${at + 1}`,
      "Engineering",
      title,
      "Some **text**,\nwith lines",
      pick(["Backlog", "Todo", "In Progress", "In Review", "Done", "Canceled"], at),
    ],
    ...[
      "2",
      "High",
      at % 3 ? "9a1c" : "",
      at % 3 ? "Mobile app" : "",
      "ann@example.com",
      "",
      "Bug, iOS",
      "4",
      "Cycle 4",
    ],
    ...[
      "Fri Nov 27 2026 09:12:44 GMT+0000 (GMT)",
      "Fri Nov 27 2026 09:12:44 GMT+0000 (GMT)",
      "",
      "",
      "",
      "",
      "",
      "",
    ],
  ],
  statusOf: (at) => pick(["todo", "todo", "doing", "doing", "done", "done"] as const, at),
  projects: ["Engineering", "Mobile app"],
});

/** Asana writes a byte order mark. A task is done when it has a time of completion. */
const asana = exportFile({
  name: "Asana.csv",
  titleColumn: "Name",
  before: "\ufeff",
  lineBreak: "\r\n",
  header: [
    ...["Task ID", "Created At", "Completed At", "Last Modified", "Name", "Section/Column", "Assignee"],
    ...["Assignee Email", "Start Date", "Due Date", "Tags", "Notes", "Projects", "Parent task"],
    ...["Blocked By (Dependencies)", "Blocking (Dependencies)"],
  ],
  row: (at, title) => [
    ...[`12046${at}`, "2026-11-01", at % 4 === 0 ? "2026-11-20" : "", "2026-11-20", title],
    ...[
      pick(["Doing", "Design", "Recently assigned", "In progress"], at),
      "Ann Ek",
      "ann@example.com",
      "",
      "2026-12-01",
    ],
    ...["", 'Notes with "quotes"\r\nand lines', "Launch", "", "", ""],
  ],
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
  header: [
    ...[
      "Card ID",
      "Card Name",
      "Card URL",
      "Card Description",
      "Labels",
      "Members",
      "Due Date",
      "Attachment Count",
    ],
    ...[
      "Checklist Item Total Count",
      "Comment Count",
      "Last Activity Date",
      "List ID",
      "List Name",
      "Board ID",
    ],
    ...["Board Name", "Archived", "Start Date", "Due Complete"],
  ],
  row: (at, title) => [
    ...[
      `65fa${at.toString(16).padStart(20, "0")}`,
      title,
      `https://trello.com/c/${at}`,
      "“Quoted” – text",
      "rot, grün",
    ],
    ...[
      "ann",
      "",
      "0",
      "0",
      "1",
      "2026-11-02T10:00:00Z",
      "65f0",
      pick(["To Do", "Doing", "Done", "Up next"], at),
      "65e0",
    ],
    ...["Büro", "false", "", "false"],
  ],
  statusOf: (at) => pick(["todo", "doing", "done", "todo"] as const, at),
  projects: ["Büro"],
});

/** The view of a GitHub project, with tabs. Titles on GitHub may have 256 characters. */
const github = exportFile({
  name: "GitHub.tsv",
  titleColumn: "Title",
  separator: "\t",
  header: [
    "Title",
    "URL",
    "Assignees",
    "Status",
    "Linked pull requests",
    "Reviewers",
    "Repository",
    "Labels",
    "Milestone",
  ],
  row: (at, title) => [
    ...[
      title,
      `https://github.com/acme/web/issues/${at}`,
      "ann, bo",
      pick(["Todo", "In Progress", "Done", "🏗 In review", ""], at),
    ],
    ...["", "", "acme/web", "bug", "v2"],
  ],
  statusOf: (at) => pick(["todo", "doing", "done", "doing", "todo"] as const, at),
  projects: ["acme/web"],
});

export const exportFiles: readonly ExportFile[] = [jira, linear, asana, trello, github];
