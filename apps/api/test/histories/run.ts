// The real side of a history: people and workspaces of its own, on a server that has others too.
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
import { people, UNVERIFIED, type Act, type Op } from "./acts.ts";
import type { World } from "./world.ts";
import { Names, type Kind } from "./names.ts";
import { rightsOf } from "./rules.ts";

export interface Run {
  readonly server: TestServer;
  readonly names: Names;
  readonly people: ReadonlyMap<string, Person>;
  /** What was tried and what came of it, to be read when it goes wrong. */
  readonly story: string[];
}

/** Everybody arrives, and Ada founds a workspace that Bob administers too and that Cid is a member of. */
export async function beginRun(server: TestServer): Promise<{ run: Run; world: World }> {
  const names = new Names();
  const run: Run = { server, names, people: await newcomers(server), story: [] };
  for (const [name, { id }] of run.people) names.give(name, id);
  const ada = run.people.get("ada");
  if (!ada) throw new Error("Ada did not come.");
  names.give("#0", await foundWorkspace(ada), "workspace");
  await put(run, { workspace: "#0", target: "bob", role: "admin" });
  await put(run, { workspace: "#0", target: "cid", role: "member" });
  const members = { ada: "admin", bob: "admin", cid: "member" } as const;
  const log = ["ada workspace.created workspace #0 ok"];
  const workspaces = { "#0": { title: "Engines", deleted: false, members, log } };
  return { run, world: { workspaces, invites: {}, keys: {}, projects: {}, tasks: {} } };
}

async function newcomers(server: TestServer): Promise<Map<string, Person>> {
  const family = systemRandomness.bytes(6).toString("hex");
  const arrived = await Promise.all(
    people.map(
      async (name) =>
        [name, await (name === UNVERIFIED ? arriveUnverified : arrive)(server, `${name}-${family}`)] as const,
    ),
  );
  return new Map(arrived);
}

/** Does an act. @returns "ok", or the reason why not */
export async function perform(run: Run, act: Act): Promise<string> {
  if (act.op === "put") return put(run, act);
  const { server, names } = run;
  const answer = await call(server.url, act.op, {
    input: inputs[act.op](act, run),
    token: run.people.get(act.by)?.token ?? names.tokenOf(act.by),
    workspaceId: names.idOf(act.workspace),
  });
  if (answer.status === 200) learn(names, act, answer);
  return answer.status === 200 ? "ok" : `${answer.error?.reason ?? answer.text}`;
}

/** The owner of the database makes somebody a member, as an import would, and lets those who are one be. */
async function put({ server, names }: Run, act: Pick<Act, "workspace" | "target" | "role">): Promise<string> {
  const ids = [systemRandomness.newId(), names.idOf(act.workspace), names.idOf(act.target)];
  await server.database.owner(
    `INSERT INTO workspace_members (id, workspace_id, user_id, role, locked_at)
     SELECT $1, id, $3, $4, deleted_at FROM workspaces WHERE id = $2 ON CONFLICT (workspace_id, user_id) DO NOTHING`,
    [...ids, act.role],
  );
  return "ok";
}

type Input = (act: Act, run: Run) => unknown;
const ofTarget: Input = ({ target }, { names }) => ({ id: names.idOf(target) });
const ofWorkspace: Input = ({ workspace }, { names }) => ({ workspaceId: names.idOf(workspace) });
const withTitle: Input = ({ title: name }) => ({ name });

const inputs: Readonly<Record<Exclude<Op, "put">, Input>> = {
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
  "serviceKeys.create": ({ name, wide }) => ({ name, ...rightsOf(wide) }),
  "serviceKeys.rotate": ({ target, wide }, { names }) => ({
    id: names.idOf(target),
    overlapHours: wide ? 24 : 0,
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

/** What an act makes: a thing, or a token, or both under one name. */
const makes: Partial<Readonly<Record<Op, { readonly thing?: Kind; readonly token?: Kind }>>> = {
  "workspaces.create": { thing: "workspace" },
  "invites.create": { thing: "invite", token: "inviteToken" },
  "invites.resend": { token: "inviteToken" },
  "serviceKeys.create": { thing: "key", token: "keyToken" },
  "serviceKeys.rotate": { token: "keyToken" },
  "projects.create": { thing: "project" },
  "tasks.create": { thing: "task" },
};

function learn(names: Names, { op, name, target }: Act, { data }: Answer): void {
  const { thing, token } = makes[op] ?? {};
  if (thing) names.give(name, String(data.id), thing);
  if (token) names.giveToken(name, String(data.token), token);
  // The first token of an invite is called as the invite is.
  if (token === "inviteToken") names.invite(name, names.invitedBy(target) ?? target);
}
