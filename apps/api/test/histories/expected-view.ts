// The view that the model expects for each user.
import { people, UNVERIFIED } from "./actions.ts";
import type { State } from "./model-state.ts";

/** Lines by user, workspace and list. */
export type View = Readonly<Record<string, readonly string[]>>;

/** @param isSequential whether the lines of a log keep the order of its entries; otherwise they are sorted */
export function expectedView(state: State, isSequential: boolean): View {
  const view: Record<string, readonly string[]> = {};
  for (const person of people) {
    Object.assign(view, expectedOf(state, person));
    for (const [name, workspace] of Object.entries(state.workspaces)) {
      const role = workspace.deleted ? undefined : workspace.members[person];
      const seen = role ? expectedIn(state, name, role === "admin") : { "": ["workspace.not_found"] };
      for (const [what, lines] of Object.entries(seen)) view[`${person} in ${name} ${what}`] = lines;
      if (role === "admin")
        view[`${person} in ${name} log`] = isSequential ? workspace.log : workspace.log.toSorted();
    }
  }
  return view;
}

function expectedOf({ workspaces, invites }: State, person: string): View {
  const own = Object.entries(workspaces).filter(([, { members }]) => members[person]);
  const line = ([name, { title, members }]: (typeof own)[number]) => `${name} ${title} ${members[person]}`;
  const pending = Object.entries(invites).filter(
    ([, { email, pending: isPending, workspace }]) =>
      email === person && isPending && !workspaces[workspace]?.deleted,
  );
  return {
    [`${person}'s workspaces`]: lines(own.filter(([, { deleted }]) => !deleted).map(line)),
    [`${person} may restore`]: lines(
      own.filter(([, { deleted, members }]) => deleted && members[person] === "admin").map(line),
    ),
    [`${person} is invited`]:
      person === UNVERIFIED
        ? []
        : lines(pending.map(([name, { workspace, role }]) => `${name} ${workspace} ${role}`)),
  };
}

function expectedIn(
  { workspaces, projects, tasks, invites, keys }: State,
  name: string,
  isAdmin: boolean,
): View {
  const here = <T extends { readonly workspace: string }>(all: Readonly<Record<string, T>>) =>
    Object.entries(all).filter(([, { workspace }]) => workspace === name);
  const everybody = {
    members: lines(Object.entries(workspaces[name]?.members ?? {}).map((member) => member.join(" "))),
    projects: lines(here(projects).map(([project, { title }]) => `${project} ${title}`)),
    tasks: lines(
      here(tasks).map(([task, { project, title, status }]) => `${task} ${project} ${title} ${status}`),
    ),
  };
  if (!isAdmin) return everybody;
  return {
    ...everybody,
    invites: lines(
      here(invites).flatMap(([invite, { email, role, pending }]) =>
        pending ? [`${invite} ${email} ${role}`] : [],
      ),
    ),
    keys: lines(here(keys).flatMap(([key, { role, revoked }]) => (revoked ? [] : [`${key} ${role}`]))),
    verdict: ["intact"],
  };
}

const lines = (all: readonly string[]): readonly string[] => all.toSorted();
