// Where the fields of each operation come from. A new field of an operation in the table does not compile without an entry. An
// operation without a command of its own needs none: a message then names its fields as the contract does.
import type { OperationName, OperationTypes } from "@projostack/sdk";

/**
 * An option, the first or the second argument of the command, or in words what was entered at a prompt or piped in. Null: no
 * command sends what the user typed. Of several, the first one that the command has and that was given.
 */
export type Source = Single | readonly Single[] | null;
type Single = `--${string}` | typeof FIRST | typeof SECOND | { readonly entered: string };

export const FIRST = "argument 1";
export const SECOND = "argument 2";

const entered = (words: string) => ({ entered: words });
const token = entered("token");
const newPassword = entered("new password");

const page = { limit: "--limit", cursor: "--cursor" } as const;
const id = { id: FIRST } as const;

/** `expectedVersion`: the commands do not compare versions. */
const version = { expectedVersion: null } as const;

type SourcesOf<Input> = string extends keyof Input ? object : { readonly [Field in keyof Input]-?: Source };

export const inputSources = {
  "audit.checkpoint": {},
  "audit.export": { format: "--format", afterSeq: null, untilSeq: null, limit: null },
  "audit.list": {
    ...page,
    action: "--action",
    actorUserId: "--actor",
    actorKeyId: "--actor",
    targetType: "--target",
    targetId: "--target",
    from: "--from",
    to: "--to",
    include: null,
  },
  "audit.verify": { checkpoint: "--checkpoint", after: null, limit: null },
  "auth.me": {},
  "auth.refresh": { refreshToken: null },
  "auth.signIn": { email: [FIRST, entered("email")], password: entered("password") },
  "auth.signOut": { refreshToken: null },
  "auth.signOutEverywhere": {},
  "auth.signUp": { email: [FIRST, entered("email")], password: entered("password") },
  "email.resendVerification": {},
  "email.status": {},
  "email.verify": { token },
  "invites.accept": { token },
  "invites.create": { email: FIRST, role: "--role" },
  "invites.decline": { ...id, token },
  "invites.list": { ...page, status: "--status" },
  "invites.listMine": page,
  "invites.preview": { token },
  "invites.resend": id,
  "invites.revoke": id,
  "members.changeRole": { userId: FIRST, role: SECOND },
  "members.get": { userId: FIRST },
  // A member is also looked up for an option or an argument of another command.
  "members.list": { ...page, role: "--role", search: ["--created-by", "--actor", FIRST, "--search"] },
  "members.remove": { userId: FIRST },
  "password.change": { currentPassword: entered("current password"), newPassword },
  "password.requestReset": { email: FIRST },
  "password.reset": { token, newPassword },
  "projects.create": { name: FIRST },
  "projects.delete": { ...id, ...version },
  "projects.findOrCreate": { name: "--project" },
  "projects.get": { id: ["--project", FIRST], include: null },
  // A project is also looked up for an option or an argument of another command.
  "projects.list": { ...page, order: "--order", search: ["--project", FIRST, "--search"] },
  "projects.update": { ...id, name: SECOND, ...version },
  "serviceKeys.create": { name: FIRST, role: "--role", scopes: "--scopes", expiresInDays: "--days" },
  "serviceKeys.list": { ...page, status: "--status" },
  "serviceKeys.revoke": id,
  "serviceKeys.rotate": { ...id, overlapHours: "--overlap-hours", expiresInDays: "--days" },
  "sessions.list": page,
  "sessions.revoke": id,
  "system.health": {},
  "tasks.create": { projectId: "--project", title: FIRST, status: "--status" },
  "tasks.createMany": { items: null },
  "tasks.delete": { ...id, ...version },
  "tasks.get": id,
  "tasks.list": {
    ...page,
    order: "--order",
    projectId: "--project",
    status: "--status",
    createdBy: "--created-by",
    createdAfter: "--created-after",
    createdBefore: "--created-before",
    search: "--search",
    idPrefix: FIRST,
    include: null,
  },
  "tasks.update": { ...id, title: "--title", status: "--status", projectId: "--project", ...version },
  "tokens.introspect": { token: null, permission: null },
  "workspaceData.assignRows": { limit: null },
  "workspaceData.exportHistory": { after: null, limit: null },
  "workspaceData.exportRows": { table: null, after: null, limit: null },
  "workspaceData.fingerprint": {},
  "workspaceData.finishImport": { name: null, createdBy: null, createdAt: null, rows: null },
  "workspaceData.importRows": { file: null, from: null, lines: null },
  "workspaceData.startExport": {},
  "workspaceData.startImport": { sourceId: null, manifest: null },
  "workspaces.create": { name: FIRST },
  "workspaces.delete": {
    name: ["--name", entered("name")],
    fingerprint: "--unchanged-since",
  },
  "workspaces.get": { include: null },
  "workspaces.leave": { workspaceId: FIRST },
  "workspaces.list": { ...page, deleted: "--deleted" },
  "workspaces.rename": { name: FIRST },
  "workspaces.restore": { workspaceId: FIRST },
  "workspaces.switch": { workspaceId: FIRST },
} as const satisfies { readonly [Name in OperationName]?: SourcesOf<OperationTypes[Name]["input"]> };

/** Returns the source of a field. Undefined for an operation or a field that only a newer server has. */
export function sourceOf(operation: string, field: string): Source | undefined {
  const operations: Readonly<Record<string, Readonly<Record<string, Source>>>> = inputSources;
  return operations[operation]?.[field];
}
