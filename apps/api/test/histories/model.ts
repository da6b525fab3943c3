// What must come of an act: the answer, and the world after it. It knows no SQL, no HTTP and no clock; who may do what
// it asks of the policy, whose matrix is printed and proved elsewhere.
import { holds } from "@projostack/authz";
import { operations } from "@projostack/contract";
import type { Act } from "./acts.ts";
import { rules } from "./rules.ts";
import type { Key, World } from "./world.ts";

export interface Outcome {
  /** "ok", or the reason. */
  readonly said: string;
  readonly after: World;
}

export function outcomeOf(before: World, act: Act): Outcome {
  const after = structuredClone(before);
  return { said: judged(after, act), after };
}

function judged(world: World, act: Act): string {
  const [actor, key] = act.by.startsWith("#") ? keyOf(world, act.by) : [act.by, undefined];
  if (actor === undefined) return "auth.unauthenticated";
  const access = accessOf(act.op);
  const workspace = world.workspaces[act.workspace];
  if (access === "session" || access === "public") {
    const member = { workspaceId: act.workspace, userId: actor, role: "viewer" } as const;
    return key ? "auth.person_required" : rules[act.op](world, act, { actor, member });
  }
  const role = key ? (key.workspace === act.workspace ? key.role : undefined) : workspace?.members[actor];
  if (!workspace || workspace.deleted || !role) return "workspace.not_found";
  const keyActor = key && { key: { id: actor, scopes: key.scopes } };
  const member = { workspaceId: act.workspace, userId: actor, role, ...keyActor };
  const said = holds(member, access) ? rules[act.op](world, act, { actor, member }) : "permission.denied";
  if (said === "permission.denied") workspace.log.push(`${actor} access.denied operation ${act.op} denied`);
  return said;
}

/** The key that a token opens now. */
function keyOf({ keys, workspaces }: World, token: string): [string, Key] | [undefined, undefined] {
  const found = Object.entries(keys).find(([, key]) => !key.revoked && key.tokens.includes(token));
  return found && !workspaces[found[1].workspace]?.deleted ? found : [undefined, undefined];
}

const accessOf = (op: string) => operations.find(({ name }) => name === op)?.operation.access ?? "session";
