// The model: the expected answer to an action, and the state after it. It uses no SQL, HTTP or clock. It takes permissions from
// the policy, which other tests cover.
import { holds } from "@projostack/authz";
import { operations } from "@projostack/contract";
import type { Action } from "./actions.ts";
import { rules } from "./rules.ts";
import type { Key, State } from "./model-state.ts";

export interface Outcome {
  /** "ok", or the reason of the refusal. */
  readonly answer: string;
  readonly after: State;
}

export function outcomeOf(before: State, action: Action): Outcome {
  const after = structuredClone(before);
  return { answer: evaluate(after, action), after };
}

function evaluate(state: State, action: Action): string {
  const [actor, key] = action.by.startsWith("#") ? keyOf(state, action.by) : [action.by, undefined];
  if (actor === undefined) return "auth.unauthenticated";
  const access = accessOf(action.op);
  const workspace = state.workspaces[action.workspace];
  if (access === "session" || access === "public") {
    const member = { workspaceId: action.workspace, userId: actor, role: "viewer" } as const;
    return key ? "auth.person_required" : rules[action.op](state, action, { actor, member });
  }
  const role = key ? (key.workspace === action.workspace ? key.role : undefined) : workspace?.members[actor];
  if (!workspace || workspace.deleted || !role) return "workspace.not_found";
  const keyActor = key && { key: { id: actor, scopes: key.scopes } };
  const member = { workspaceId: action.workspace, userId: actor, role, ...keyActor };
  const answer = holds(member, access)
    ? rules[action.op](state, action, { actor, member })
    : "permission.denied";
  if (answer === "permission.denied")
    workspace.log.push(`${actor} access.denied operation ${action.op} denied`);
  return answer;
}

/** Finds the key of a valid token. */
function keyOf({ keys, workspaces }: State, token: string): [string, Key] | [undefined, undefined] {
  const found = Object.entries(keys).find(([, key]) => !key.revoked && key.tokens.includes(token));
  return found && !workspaces[found[1].workspace]?.deleted ? found : [undefined, undefined];
}

const accessOf = (op: string) => operations.find(({ name }) => name === op)?.operation.access ?? "session";
