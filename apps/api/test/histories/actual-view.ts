// The view that each user gets from the server. It contains every list, because an item that the model does not expect is a
// leak. The file has casts, because each line reads the fields that the items of its list have.
import type { State } from "./model-state.ts";
import { people } from "./actions.ts";
import type { View } from "./expected-view.ts";
import type { Names } from "./names.ts";
import type { Run } from "./run.ts";

/** Reads the lists of every workspace as each user. */
export async function actualView(run: Run, state: State, isSequential: boolean): Promise<View> {
  const parts = people.flatMap((person) => [
    actualOf(run, person),
    ...Object.keys(state.workspaces).map((name) => actualIn(run, { person, name, isSequential })),
  ]);
  return Object.fromEntries((await Promise.all(parts)).flatMap((part) => Object.entries(part)));
}

async function actualOf(run: Run, person: string): Promise<View> {
  const ask = asking(run, person);
  const place = ({ id, name, role }: Item) => `${run.names.nameOf(id)} ${name} ${role}`;
  const [own, deleted, invites] = await Promise.all([
    ask("workspaces.list", {}, place),
    ask("workspaces.list", { deleted: true }, place),
    ask(
      "invites.listMine",
      {},
      ({ id, workspaceId, role }) => `${run.names.nameOf(id)} ${run.names.nameOf(workspaceId)} ${role}`,
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
  readonly isSequential: boolean;
}

async function actualIn(run: Run, { person, name, isSequential }: Place): Promise<View> {
  const { names } = run;
  const ask = asking(run, person, names.idOf(name));
  const [members, projects, tasks] = await Promise.all([
    ask("members.list", {}, ({ userId, role }) => `${names.nameOf(userId)} ${role}`),
    ask("projects.list", {}, (project) => `${names.nameOf(project.id)} ${project.name}`),
    ask(
      "tasks.list",
      {},
      (task) => `${names.nameOf(task.id)} ${names.nameOf(task.projectId)} ${task.title} ${task.status}`,
    ),
  ]);
  const seen = { members: lines(members), projects: lines(projects), tasks: lines(tasks) };
  const isOutside = [members, projects, tasks].every(([line]) => line === "workspace.not_found");
  const managed = members.includes(`${person} admin`) ? await actualManaged(ask, names, isSequential) : {};
  const view = Object.entries(isOutside ? { "": members } : { ...seen, ...managed });
  return Object.fromEntries(view.map(([what, seenLines]) => [`${person} in ${name} ${what}`, seenLines]));
}

async function actualManaged(ask: Ask, names: Names, isSequential: boolean): Promise<View> {
  const [invites, keys, log, verdict] = await Promise.all([
    ask(
      "invites.list",
      { status: "pending" },
      ({ id, email, role }) => `${names.nameOf(id)} ${nameIn(email)} ${role}`,
    ),
    ask("serviceKeys.list", { status: "active" }, ({ id, role }) => `${names.nameOf(id)} ${role}`),
    ask("audit.list", {}, ({ actor, action, target, outcome }) => {
      const who = names.nameOf(actor.userId ?? actor.keyId ?? "nobody");
      return `${who} ${action} ${target.type} ${names.nameOf(target.id)} ${outcome}`;
    }),
    ask("audit.verify", {}, ({ intact, done }) => (intact && done ? "intact" : "broken")),
  ]);
  return {
    invites: lines(invites),
    keys: lines(keys),
    log: isSequential ? log.toReversed() : log.toSorted(),
    verdict,
  };
}

/** @returns a line for each item of the answer, or the reason of the refusal */
type Ask = (name: string, input: object, line: (item: Item) => string) => Promise<readonly string[]>;

/** An item of any list. The items of one operation have some of these fields. */
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

/** Returns the name in an email address. A suffix that is unique to the history follows the name. */
const nameIn = (email: string): string => email.slice(0, email.indexOf("-"));

const lines = (all: readonly string[]): readonly string[] => all.toSorted();
