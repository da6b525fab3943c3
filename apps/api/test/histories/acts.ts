// What may happen in a history: chance draws a wish, and what there is by then makes an act of it. The one cast:
// Object.entries forgets what it knew of the names.
import { roles, type Role } from "@projostack/authz";
import fc from "fast-check";
import type { Kind, Names } from "./names.ts";

export const people = ["ada", "bob", "cid", "dot", "eve"] as const;

/** Everybody has verified their address but for her. */
export const UNVERIFIED = "eve";

/** How often each is wished for. `put` is no operation: the database's owner makes somebody a member. */
const weights = {
  "workspaces.create": 1,
  "workspaces.rename": 1,
  "workspaces.leave": 2,
  "workspaces.delete": 2,
  "workspaces.restore": 2,
  put: 1,
  "members.changeRole": 3,
  "members.remove": 2,
  "invites.create": 3,
  "invites.resend": 1,
  "invites.revoke": 1,
  "invites.accept": 5,
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
const wishes = Object.entries(weights).flatMap(([op, weight]) =>
  Array.from({ length: weight }, () => op as Op),
);

/** An act, by the history's names of all that it is about. */
export interface Act {
  /** What it makes is called so: a project, an invite, a token. */
  readonly name: string;
  readonly op: Op;
  /** A person, or a token of a service key. */
  readonly by: string;
  /** The workspace of the request, or the one that the input names. */
  readonly workspace: string;
  /** The person, project, task, invite, token of an invite, or key that it is about. */
  readonly target: string;
  /** The project that a task is made in, or moved to. */
  readonly project: string;
  readonly role: Role;
  /** A name to give, or to type out. */
  readonly title: string;
  /** Whether a key is made for all that admins manage, and whether one that is rotated keeps the token before. */
  readonly wide: boolean;
}

/** An act before it is known what there is: numbers choose, latest first. */
export interface Wish extends Pick<Act, "op" | "role" | "title" | "wide"> {
  /** People, and after them the tokens of keys. */
  readonly by: number;
  readonly workspace: number;
  readonly target: number;
  readonly project: number;
}

/** What happens in one step: at once, when it is more than one. With `among`, no other operations. */
export function stepOf(atOnce: number, among: readonly Op[] = wishes): fc.Arbitrary<readonly Wish[]> {
  const wish: fc.Arbitrary<Wish> = fc.record({
    op: fc.constantFrom(...among),
    by: fc.nat({ max: 7 }),
    workspace: fc.nat({ max: 2 }),
    target: fc.nat({ max: 4 }),
    project: fc.nat({ max: 2 }),
    role: fc.constantFrom(...roles),
    title: fc.constantFrom("Engines", "Gears"),
    wide: fc.boolean(),
  });
  return fc.array(wish, { minLength: 1, maxLength: atOnce, size: "max" });
}

/** What an act is about; where nothing is said, a person. */
const targets: Partial<Readonly<Record<Op, Kind>>> = {
  "invites.resend": "invite",
  "invites.revoke": "invite",
  "invites.accept": "inviteToken",
  "serviceKeys.rotate": "key",
  "serviceKeys.revoke": "key",
  "projects.update": "project",
  "projects.delete": "project",
  "tasks.update": "task",
  "tasks.delete": "task",
};

/** The act that a wish comes to. */
export function actOf(wish: Wish, names: Names, name: string): Act {
  const { op, role, title, wide } = wish;
  const kind = targets[op];
  const target = kind ? names.pick(kind, wish.target) : personAt(wish.target);
  return {
    name,
    op,
    role,
    title,
    wide,
    target,
    by: (op === "invites.accept" && wide && names.invitedBy(target)) || actorOf(wish, names),
    workspace: names.pick("workspace", wish.workspace),
    project: names.pick("project", wish.project),
  };
}

const personAt = (index: number): string => people[index % people.length] ?? "ada";

/** A person, or a key as soon as there is one. */
function actorOf({ op, by }: Wish, names: Names): string {
  if (op === "put" || by < people.length || !names.has("keyToken")) return personAt(by);
  return names.pick("keyToken", by - people.length);
}

/** The act in a line of a story. */
export const told = ({ op, by, name, workspace, target, project, role, title, wide }: Act): string =>
  `${name} ${by}: ${op} in ${workspace}, ${JSON.stringify({ target, project, role, title, wide })}`;
