// Items of each list that are hard to fit: long, wide and combined characters, ids of one millisecond, absent values.
import type {
  AuditEntry,
  Device,
  Invite,
  ListedTask,
  Member,
  OwnInvite,
  OwnWorkspace,
  Project,
  ServiceKey,
} from "@projostack/sdk";
import { entryColumns } from "../../src/commands/audit/entry-cells.ts";
import { inviteColumns } from "../../src/commands/invites/list.ts";
import { ownInviteColumns } from "../../src/commands/invites/mine.ts";
import { keyColumns } from "../../src/commands/keys/list.ts";
import { memberColumns } from "../../src/commands/members/list.ts";
import { projectColumns } from "../../src/commands/projects/list.ts";
import { sessionColumns } from "../../src/commands/sessions/list.ts";
import { taskColumns } from "../../src/commands/tasks/list.ts";
import { deletedColumns, workspaceColumns } from "../../src/commands/workspaces/list.ts";
import { type Column, table } from "../../src/terminal/table.ts";

export const now = new Date("2026-06-30T12:00:00Z");

const id = (digits: string): string => `019f1a2b-${digits}-7abc-8def-0123456789ab`;
const minutesAgo = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();
const DAY = 24 * 60;
const LONG_EMAIL = "a.person.with.a.long.address@mail.engineering.example.com";

const task = (digits: string, title: string, more: Partial<ListedTask> = {}): ListedTask => ({
  id: id(digits),
  projectId: id("0001"),
  title,
  status: "todo",
  createdBy: id("0002"),
  createdAt: minutesAgo(180),
  updatedAt: minutesAgo(180),
  version: 1,
  projectName: "Website",
  ...more,
});

export const tasks: readonly ListedTask[] = [
  task("a001", "Write the first page of the site, and ask all others to read it before the end of the week", {
    status: "doing",
    createdAt: minutesAgo(0.5),
  }),
  task("a002", "日本語のタイトルはとても長いのでターミナルの幅に合わせて切られる必要があります", {
    projectName: "日本語のプロジェクト名",
    status: "done",
  }),
  task("a003", "Families 👩‍👩‍👧 and flags 🇩🇪 and a combined e\u0301te\u0301 😀", {
    createdAt: minutesAgo(DAY * 3),
    projectName: "Mill 👩‍👩‍👧",
  }),
  // Imported in one millisecond: the ids differ late.
  task("a004", "Short"),
  { ...task("a004", "A tab\tand a line\nbreak"), id: "019f1a2b-a004-7abd-8def-0123456789ab" },
  {
    ...task("a005", "By a key that cannot read projects"),
    projectName: null,
    createdAt: minutesAgo(DAY * 800),
  },
];

const projects: readonly Project[] = ["Website", "日本語のプロジェクト名はとても長い", "x".repeat(120)].map(
  (name, index) => ({
    id: id(`b00${index}`),
    name,
    createdBy: id("0002"),
    createdAt: minutesAgo(DAY * (index + 1)),
    updatedAt: minutesAgo(DAY),
    version: 1,
  }),
);

const members: readonly Member[] = [
  { userId: id("c001"), email: "ann@example.com", role: "admin", joinedAt: minutesAgo(DAY * 130) },
  { userId: id("c002"), email: LONG_EMAIL, role: "member", joinedAt: minutesAgo(1) },
];

const devices: readonly Device[] = [
  {
    id: id("d001"),
    createdAt: minutesAgo(DAY * 12),
    expiresAt: minutesAgo(-DAY * 18),
    lastUsedAt: minutesAgo(0),
    ip: "2001:db8:85a3:8d3:1319:8a2e:370:7348",
    userAgent: "projostack-sdk/0.1.0 (node/20.19.0) projo/0.1.0 (linux)",
    current: true,
  },
  {
    id: id("d002"),
    createdAt: minutesAgo(DAY * 2),
    expiresAt: minutesAgo(-60),
    lastUsedAt: minutesAgo(90),
    ip: null,
    userAgent:
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    current: false,
  },
];

const key = (digits: string, name: string, more: Partial<ServiceKey>): ServiceKey => ({
  id: id(digits),
  name,
  role: "member",
  scopes: ["project:read", "task:read", "task:write"],
  status: "active",
  createdBy: id("0002"),
  creatorIsMember: true,
  createdAt: minutesAgo(DAY),
  expiresAt: minutesAgo(-DAY * 90),
  rotatedAt: null,
  previousExpiresAt: null,
  lastUsedAt: null,
  ...more,
});

const keys: readonly ServiceKey[] = [
  key("e001", "nightly", { lastUsedAt: minutesAgo(5) }),
  key("e002", "continuous integration of the website and of all its parts", {
    creatorIsMember: false,
    role: "admin",
    scopes: ["member:read", "project:read", "project:write", "task:read", "task:write", "workspace:read"],
  }),
  key("e003", "old", { status: "expired", expiresAt: minutesAgo(DAY * 9) }),
];

const invite = (digits: string, email: string, more: Partial<Invite>): Invite => ({
  id: id(digits),
  email,
  role: "viewer",
  status: "pending",
  invitedBy: id("0002"),
  expiresAt: minutesAgo(-DAY * 3),
  createdAt: minutesAgo(30),
  mailStatus: "sent",
  mailStatusAt: minutesAgo(29),
  mailProblem: null,
  ...more,
});

const invites: readonly Invite[] = [
  invite("f001", "bob@example.com", {}),
  invite("f002", LONG_EMAIL, { mailStatus: "refused", mailProblem: "recipient_rejected" }),
  invite("f003", "eve@example.com", { status: "revoked", mailStatus: null, mailStatusAt: null }),
];

const ownInvites: readonly OwnInvite[] = [
  {
    id: id("f101"),
    workspaceId: id("0003"),
    workspaceName: "A workspace with quite a long name, for narrow terminals",
    role: "member",
    inviterEmail: LONG_EMAIL,
    expiresAt: minutesAgo(-125),
    createdAt: minutesAgo(30),
  },
];

const workspace = (digits: string, name: string, deletedAt: string | null = null): OwnWorkspace => ({
  id: id(digits),
  name,
  createdBy: id("0002"),
  createdAt: minutesAgo(DAY * 400),
  deletedAt,
  role: "admin",
});

const workspaces = [
  workspace("0a01", "Acme"),
  workspace("0a02", "A workspace with quite a long name, for narrow terminals"),
];

const entry = (seq: number, action: string, more: Partial<AuditEntry>): AuditEntry => ({
  id: id(String(seq)),
  seq,
  createdAt: minutesAgo(seq),
  action,
  outcome: "ok",
  actor: { kind: "user", userId: id("c001"), keyId: null },
  actorName: "ann@example.com",
  target: { type: "task", id: id("a001") },
  before: null,
  after: null,
  requestId: null,
  sessionId: null,
  email: null,
  ip: "203.0.113.7",
  userAgent: null,
  ...more,
});

const entries: readonly AuditEntry[] = [
  entry(48_213, "workspace.ownership_changed", {
    actorName: LONG_EMAIL,
    ip: "2001:db8:85a3:8d3:1319:8a2e:370:7348",
  }),
  entry(48_212, "access.denied", { outcome: "denied" }),
  entry(7, "task.deleted", { actor: { kind: "key", userId: null, keyId: id("e001") }, actorName: "nightly" }),
  entry(6, "member.removed", { actorName: null }),
  entry(1, "workspace.created", {
    actor: { kind: "system", userId: null, keyId: null },
    actorName: null,
    ip: null,
  }),
];

export interface List {
  readonly command: string;
  readonly heads: readonly string[];
  /** The table on a terminal of this width. */
  readonly on: (width: number | undefined) => string;
}

function list<T>(command: string, items: readonly T[], columns: readonly Column<T>[]): List {
  return {
    command,
    heads: columns.map(({ head }) => head),
    on: (width) => table(items, columns, { columns: width, colour: false, now }),
  };
}

export const lists: readonly List[] = [
  list("tasks list", tasks, taskColumns),
  list("projects list", projects, projectColumns),
  list("members list", members, memberColumns),
  list("sessions list", devices, sessionColumns),
  list("keys list", keys, keyColumns),
  list("invites list", invites, inviteColumns),
  list("invites mine", ownInvites, ownInviteColumns),
  list("workspaces list", workspaces, workspaceColumns(id("0a01"))),
  list("workspaces list --deleted", [workspace("0a03", "Old mill", minutesAgo(DAY * 4))], deletedColumns),
  list("audit list", entries, entryColumns),
];
