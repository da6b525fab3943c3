// Runs a history on a real server. Each history has its own users and workspaces; the server has those of other histories too.
import { systemRandomness } from "../../src/runtime/randomness.ts";
import {
  arrive,
  arriveUnverified,
  call,
  foundWorkspace,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { people, UNVERIFIED, type Action, type Op } from "./actions.ts";
import type { State } from "./model-state.ts";
import { Names, type Kind } from "./names.ts";
import { rightsOf } from "./rules.ts";

export interface Run {
  readonly server: TestServer;
  readonly names: Names;
  readonly people: ReadonlyMap<string, Person>;
  /** The actions and their answers, for the error message. */
  readonly transcript: string[];
}

/** Signs up all users. Ada creates a workspace with Bob as a second admin and Cid as a member. */
export async function startRun(server: TestServer): Promise<{ run: Run; state: State }> {
  const names = new Names();
  const run: Run = { server, names, people: await signUpAll(server), transcript: [] };
  for (const [name, { id }] of run.people) names.give(name, id);
  const ada = run.people.get("ada");
  if (!ada) throw new Error("There is no user ada.");
  names.give("#0", await foundWorkspace(ada), "workspace");
  await addMember(run, { workspace: "#0", target: "bob", role: "admin" });
  await addMember(run, { workspace: "#0", target: "cid", role: "member" });
  const members = { ada: "admin", bob: "admin", cid: "member" } as const;
  const log = ["ada workspace.created workspace #0 ok"];
  const workspaces = { "#0": { title: "Engines", deleted: false, members, log } };
  return { run, state: { workspaces, invites: {}, keys: {}, projects: {}, tasks: {} } };
}

async function signUpAll(server: TestServer): Promise<Map<string, Person>> {
  const suffix = systemRandomness.bytes(6).toString("hex");
  const entries = await Promise.all(
    people.map(
      async (name) =>
        [name, await (name === UNVERIFIED ? arriveUnverified : arrive)(server, `${name}-${suffix}`)] as const,
    ),
  );
  return new Map(entries);
}

/** Performs an action. @returns "ok", or the reason of the refusal */
export async function perform(run: Run, action: Action): Promise<string> {
  if (action.op === "addMember") return addMember(run, action);
  const { server, names } = run;
  const answering = call(server.url, action.op, {
    input: inputs[action.op](action, run),
    token: run.people.get(action.by)?.token ?? names.tokenOf(action.by),
    workspaceId: names.idOf(action.workspace),
  });
  const answer = await Promise.race([answering, late(action)]);
  if (answer.status === 200) recordNames(names, action, answer);
  return answer.status === 200 ? "ok" : `${answer.error?.reason ?? answer.text}`;
}

/** A server answers every call within ten seconds. On a busy machine the test itself may be slow. */
const LONGEST_ANSWER_MS = 60_000;

/** Rejects when the time of an answer has passed. */
const late = ({ op }: Action): Promise<never> =>
  new Promise((_, reject) => {
    const error = new Error(`${op} got no answer within ${LONGEST_ANSWER_MS / 1_000} s.`);
    setTimeout(reject, LONGEST_ANSWER_MS, error).unref();
  });

/** Inserts a member as the database owner. Leaves an existing member unchanged. */
async function addMember(
  { server, names }: Run,
  action: Pick<Action, "workspace" | "target" | "role">,
): Promise<string> {
  const ids = [systemRandomness.newId(), names.idOf(action.workspace), names.idOf(action.target)];
  await server.database.owner(
    `INSERT INTO workspace_members (id, workspace_id, user_id, role, locked_at)
     SELECT $1, id, $3, $4, deleted_at FROM workspaces WHERE id = $2 ON CONFLICT (workspace_id, user_id) DO NOTHING`,
    [...ids, action.role],
  );
  return "ok";
}

type Input = (action: Action, run: Run) => unknown;
const ofTarget: Input = ({ target }, { names }) => ({ id: names.idOf(target) });
const ofWorkspace: Input = ({ workspace }, { names }) => ({ workspaceId: names.idOf(workspace) });
const withTitle: Input = ({ title: name }) => ({ name });

const inputs: Readonly<Record<Exclude<Op, "addMember">, Input>> = {
  "workspaces.create": withTitle,
  "workspaces.rename": withTitle,
  "workspaces.leave": ofWorkspace,
  "workspaces.delete": withTitle,
  "workspaces.restore": ofWorkspace,
  "members.changeRole": ({ target, role }, { names }) => ({ userId: names.idOf(target), role }),
  "members.remove": ({ target }, { names }) => ({ userId: names.idOf(target) }),
  "invites.create": ({ target, role }, run) => ({ email: run.people.get(target)?.email, role }),
  "invites.resend": ofTarget,
  "invites.revoke": ofTarget,
  "invites.accept": ({ target }, { names }) => ({ token: names.tokenOf(target) }),
  "invites.decline": ({ target }, { names }) => ({ token: names.tokenOf(target) }),
  "serviceKeys.create": ({ name, broad }) => ({ name, ...rightsOf(broad) }),
  "serviceKeys.rotate": ({ target, broad }, { names }) => ({
    id: names.idOf(target),
    overlapHours: broad ? 24 : 0,
  }),
  "serviceKeys.revoke": ofTarget,
  "projects.create": withTitle,
  "projects.update": ({ target, title: name }, { names }) => ({ id: names.idOf(target), name }),
  "projects.delete": ofTarget,
  "projects.list": () => ({}),
  "tasks.create": ({ project, title }, { names }) => ({ projectId: names.idOf(project), title }),
  "tasks.update": ({ target, project }, { names }) => ({
    id: names.idOf(target),
    projectId: names.idOf(project),
    status: "done",
  }),
  "tasks.delete": ofTarget,
  "tasks.list": () => ({}),
};

/** What an action creates: an object, a token, or both with the same name. */
const created: Partial<Readonly<Record<Op, { readonly object?: Kind; readonly token?: Kind }>>> = {
  "workspaces.create": { object: "workspace" },
  "invites.create": { object: "invite", token: "inviteToken" },
  "invites.resend": { token: "inviteToken" },
  "serviceKeys.create": { object: "key", token: "keyToken" },
  "serviceKeys.rotate": { token: "keyToken" },
  "projects.create": { object: "project" },
  "tasks.create": { object: "task" },
};

function recordNames(names: Names, { op, name, target }: Action, { data }: Answer): void {
  const { object, token } = created[op] ?? {};
  if (object) names.give(name, String(data.id), object);
  if (token) names.giveToken(name, String(data.token), token);
  // The first token of an invite has the name of the invite.
  if (token === "inviteToken") names.setInvited(name, names.invitedBy(target) ?? target);
}
