// What each person sees, as the server tells it. It is more than what they ask for that would be a leak, so that all is
// listed. The casts are this file's: a line names what its list's items have.
import type { World } from "./world.ts";
import { people } from "./acts.ts";
import type { View } from "./expected-view.ts";
import type { Names } from "./names.ts";
import type { Run } from "./run.ts";

/** The same of the real world, asked by each person. Nobody is told more than they ask for. */
export async function realView(run: Run, world: World, inOrder: boolean): Promise<View> {
  const parts = people.flatMap((person) => [
    realOf(run, person),
    ...Object.keys(world.workspaces).map((name) => realIn(run, { person, name, inOrder })),
  ]);
  return Object.fromEntries((await Promise.all(parts)).flatMap((part) => Object.entries(part)));
}

async function realOf(run: Run, person: string): Promise<View> {
  const ask = asking(run, person);
  const place = ({ id, name, role }: Item) => `${run.names.named(id)} ${name} ${role}`;
  const [own, deleted, invites] = await Promise.all([
    ask("workspaces.list", {}, place),
    ask("workspaces.list", { deleted: true }, place),
    ask(
      "invites.listMine",
      {},
      ({ id, workspaceId, role }) => `${run.names.named(id)} ${run.names.named(workspaceId)} ${role}`,
    ),
  ]);
  return {
    [`${person}'s workspaces`]: lines(own),
    [`${person} may restore`]: lines(deleted),
    [`${person} is invited`]: lines(invites),
  };
}

interface Place {
  readonly person: string;
  readonly name: string;
  readonly inOrder: boolean;
}

async function realIn(run: Run, { person, name, inOrder }: Place): Promise<View> {
  const { names } = run;
  const ask = asking(run, person, names.idOf(name));
  const [members, projects, tasks] = await Promise.all([
    ask("members.list", {}, ({ userId, role }) => `${names.named(userId)} ${role}`),
    ask("projects.list", {}, (project) => `${names.named(project.id)} ${project.name}`),
    ask(
      "tasks.list",
      {},
      (task) => `${names.named(task.id)} ${names.named(task.projectId)} ${task.title} ${task.status}`,
    ),
  ]);
  const seen = { members: lines(members), projects: lines(projects), tasks: lines(tasks) };
  const isOutside = [members, projects, tasks].every(([line]) => line === "workspace.not_found");
  const managed = members.includes(`${person} admin`) ? await realManaged(ask, names, inOrder) : {};
  const view = Object.entries(isOutside ? { "": members } : { ...seen, ...managed });
  return Object.fromEntries(view.map(([what, seenLines]) => [`${person} in ${name} ${what}`, seenLines]));
}

async function realManaged(ask: Ask, names: Names, inOrder: boolean): Promise<View> {
  const [invites, keys, log, verdict] = await Promise.all([
    ask(
      "invites.list",
      { status: "pending" },
      ({ id, email, role }) => `${names.named(id)} ${nameIn(email)} ${role}`,
    ),
    ask("serviceKeys.list", { status: "active" }, ({ id, role }) => `${names.named(id)} ${role}`),
    ask("audit.list", {}, ({ actor, action, target, outcome }) => {
      const who = names.named(actor.userId ?? actor.keyId ?? "nobody");
      return `${who} ${action} ${target.type} ${names.named(target.id)} ${outcome}`;
    }),
    ask("audit.verify", {}, ({ intact, done }) => (intact && done ? "intact" : "broken")),
  ]);
  return {
    invites: lines(invites),
    keys: lines(keys),
    log: inOrder ? log.toReversed() : log.toSorted(),
    verdict,
  };
}

/** @returns a line for each item of the answer, or the reason why there is none */
type Ask = (name: string, input: object, line: (item: Item) => string) => Promise<readonly string[]>;

/** Any list's item: an operation's has some of these. */
interface Item extends Readonly<Record<Text, string>> {
  readonly actor: { readonly userId: string | null; readonly keyId: string | null };
  readonly target: { readonly type: string; readonly id: string };
  readonly intact: boolean;
  readonly done: boolean;
}

type Text =
  | ("id" | "userId" | "workspaceId" | "projectId" | "email" | "name" | "title")
  | ("role" | "status" | "action" | "outcome");

const asking =
  ({ people: persons }: Run, person: string, workspaceId?: string): Ask =>
  async (name, input, line) => {
    const page = name === "audit.verify" ? {} : { limit: 100 };
    const answer = await persons.get(person)?.call(name, { ...page, ...input }, workspaceId);
    if (answer?.status !== 200) return [answer?.error?.reason ?? `${answer?.text}`];
    const { items = [answer.data] } = answer.data as { items?: readonly Item[] };
    return items.map(line);
  };

/** An address begins with the name, and what tells one history's people from another's follows. */
const nameIn = (email: string): string => email.slice(0, email.indexOf("-"));

const lines = (all: readonly string[]): readonly string[] => all.toSorted();
