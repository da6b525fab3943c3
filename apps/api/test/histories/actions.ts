// The actions of a history. fast-check generates drafts, which refer to objects by random numbers. When a draft runs, it becomes
// an action on objects that exist by then. The file has one cast, because Object.entries loses the type of the keys.
import { roles, type Role } from "@projostack/authz";
import fc from "fast-check";
import type { Kind, Names } from "./names.ts";

export const people = ["ada", "bob", "cid", "dot", "eve"] as const;

/** The user whose email address is not verified. */
export const UNVERIFIED = "eve";

/** How often each operation is generated. `addMember` is not an operation of the API: the database owner inserts a member. */
const weights = {
  "workspaces.create": 1,
  "workspaces.rename": 1,
  "workspaces.leave": 2,
  "workspaces.delete": 2,
  "workspaces.restore": 2,
  addMember: 1,
  "members.changeRole": 3,
  "members.remove": 2,
  "invites.create": 3,
  "invites.resend": 1,
  "invites.revoke": 1,
  "invites.accept": 5,
  "invites.decline": 2,
  "serviceKeys.create": 2,
  "serviceKeys.rotate": 1,
  "serviceKeys.revoke": 1,
  "projects.create": 2,
  "projects.update": 1,
  "projects.delete": 1,
  "projects.list": 1,
  "tasks.create": 2,
  "tasks.update": 1,
  "tasks.delete": 1,
  "tasks.list": 1,
};

export type Op = keyof typeof weights;
const weightedOps = Object.entries(weights).flatMap(([op, weight]) =>
  Array.from({ length: weight }, () => op as Op),
);

/** An action. It refers to all objects by their names in the history. */
export interface Action {
  /** The name of the object that it creates: a project, an invite, a token. */
  readonly name: string;
  readonly op: Op;
  /** A user, or a token of a service key. */
  readonly by: string;
  /** The workspace in the header of the request, or in its input. */
  readonly workspace: string;
  /** The user, project, task, invite, invite token or key that the action changes. */
  readonly target: string;
  /** The project in which a task is created, or to which it is moved. */
  readonly project: string;
  readonly role: Role;
  /** The new name, or the name that confirms a deletion. */
  readonly title: string;
  /** Whether a created key has the scopes of an admin, and whether a rotated key keeps its earlier tokens. */
  readonly broad: boolean;
}

/** An action before its objects are known. The numbers select objects, the newest first. */
export interface Draft extends Pick<Action, "op" | "role" | "title" | "broad"> {
  /** Selects a user, or a token of a key for a number above the users. */
  readonly by: number;
  readonly workspace: number;
  readonly target: number;
  readonly project: number;
}

/** Generates the drafts of one step, which run concurrently. With `operations`, generates only these. */
export function draftsOfStep(
  concurrency: number,
  operations: readonly Op[] = weightedOps,
): fc.Arbitrary<readonly Draft[]> {
  const draft: fc.Arbitrary<Draft> = fc.record({
    op: fc.constantFrom(...operations),
    by: fc.nat({ max: 7 }),
    workspace: fc.nat({ max: 2 }),
    target: fc.nat({ max: 4 }),
    project: fc.nat({ max: 2 }),
    role: fc.constantFrom(...roles),
    title: fc.constantFrom("Engines", "Gears"),
    broad: fc.boolean(),
  });
  return fc.array(draft, { minLength: 1, maxLength: concurrency, size: "max" });
}

/** The kind of object that an operation changes. The default is a user. */
const targets: Partial<Readonly<Record<Op, Kind>>> = {
  "invites.resend": "invite",
  "invites.revoke": "invite",
  "invites.accept": "inviteToken",
  "invites.decline": "inviteToken",
  "serviceKeys.rotate": "key",
  "serviceKeys.revoke": "key",
  "projects.update": "project",
  "projects.delete": "project",
  "tasks.update": "task",
  "tasks.delete": "task",
};

/** Resolves the numbers of a draft. */
export function actionOf(draft: Draft, names: Names, name: string): Action {
  const { op, role, title, broad } = draft;
  const kind = targets[op];
  const target = kind ? names.pick(kind, draft.target) : personAt(draft.target);
  return {
    name,
    op,
    role,
    title,
    broad,
    target,
    by: (isAnswer(op) && broad && names.invitedBy(target)) || actorOf(draft, names),
    workspace: names.pick("workspace", draft.workspace),
    project: names.pick("project", draft.project),
  };
}

/** Whether an invited user calls the operation. */
const isAnswer = (op: Op): boolean => op === "invites.accept" || op === "invites.decline";

const personAt = (index: number): string => people[index % people.length] ?? "ada";

/** Returns a user, or a token of a key once there is one. */
function actorOf({ op, by }: Draft, names: Names): string {
  if (op === "addMember" || by < people.length || !names.has("keyToken")) return personAt(by);
  return names.pick("keyToken", by - people.length);
}

/** Describes an action as one line of the transcript. */
export const describeAction = ({
  op,
  by,
  name,
  workspace,
  target,
  project,
  role,
  title,
  broad,
}: Action): string =>
  `${name} ${by}: ${op} in ${workspace}, ${JSON.stringify({ target, project, role, title, broad })}`;
