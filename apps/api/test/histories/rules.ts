// The rules of the model: the changes of each permitted action. A rule returns "ok" or the reason of the refusal.
import { compareRoles, mayGive, type Permission, type Role } from "@projostack/authz";
import { UNVERIFIED, type Action, type Op } from "./actions.ts";
import type { Caller, Workspace, State } from "./model-state.ts";

type Rule = (state: State, action: Action, caller: Caller) => string;

export const rules: Readonly<Record<Op, Rule>> = {
  "workspaces.create": ({ workspaces }, { name, title }, { actor }) => {
    workspaces[name] = { title, deleted: false, members: { [actor]: "admin" }, log: [] };
    return record(workspaces[name], `${actor} workspace.created workspace ${name} ok`);
  },
  "workspaces.rename": (state, { workspace: name, title }, { actor }) => {
    const workspace = workspaceOf(state, name);
    workspace.title = title;
    return record(workspace, `${actor} workspace.renamed workspace ${name} ok`);
  },
  "workspaces.leave": (state, { workspace: name }, { actor }) => {
    const workspace = state.workspaces[name];
    if (!workspace || workspace.deleted || !workspace.members[actor]) return "workspace.not_found";
    return removeMember(state, name, { person: actor, line: `${actor} member.left member ${actor} ok` });
  },
  "workspaces.delete": (state, { workspace: name, title }, { actor }) => {
    const workspace = workspaceOf(state, name);
    if (workspace.title !== title) return "input.invalid";
    workspace.deleted = true;
    return record(workspace, `${actor} workspace.deleted workspace ${name} ok`);
  },
  "workspaces.restore": ({ workspaces }, { workspace: name }, { actor }) => {
    const workspace = workspaces[name];
    if (!workspace?.deleted || !workspace.members[actor]) return "workspace.not_found";
    if (workspace.members[actor] !== "admin") return "permission.denied";
    workspace.deleted = false;
    return record(workspace, `${actor} workspace.restored workspace ${name} ok`);
  },
  addMember: ({ workspaces }, { workspace: name, target, role }) => {
    const workspace = workspaces[name];
    if (workspace) workspace.members[target] ??= role;
    return "ok";
  },
  "members.changeRole": (state, { workspace: name, target, role }, { actor }) => {
    const workspace = workspaceOf(state, name);
    const before = workspace.members[target];
    if (!before) return "member.not_found";
    if (role !== "admin" && isLastAdmin(workspace, target)) return "member.last_admin";
    workspace.members[target] = role;
    if (role !== "admin") endInvites(state, name, target);
    return before === role ? "ok" : record(workspace, `${actor} member.role_changed member ${target} ok`);
  },
  "members.remove": (state, { workspace, target }, { actor }) => {
    if (!workspaceOf(state, workspace).members[target]) return "member.not_found";
    return removeMember(state, workspace, {
      person: target,
      line: `${actor} member.removed member ${target} ok`,
    });
  },
  "invites.create": (state, { name, workspace: place, target: email, role }, { actor }) => {
    if (actor === UNVERIFIED) return "auth.email_unverified";
    const workspace = workspaceOf(state, place);
    if (workspace.members[email]) return "invite.already_member";
    const isPending = Object.values(state.invites).some(
      (invite) => invite.workspace === place && invite.email === email && invite.pending,
    );
    if (isPending) return "invite.exists";
    state.invites[name] = {
      workspace: place,
      email,
      role,
      by: actor,
      token: name,
      pending: true,
      declined: false,
    };
    return record(workspace, `${actor} invite.created invite ${name} ok`);
  },
  "invites.resend": (state, { name, workspace, target }, { actor }) => {
    if (actor === UNVERIFIED) return "auth.email_unverified";
    const invite = state.invites[target];
    if (!invite?.pending || invite.workspace !== workspace) return "invite.not_found";
    if (workspaceOf(state, workspace).members[invite.email]) return "invite.already_member";
    Object.assign(invite, { token: name, by: actor });
    return record(workspaceOf(state, workspace), `${actor} invite.resent invite ${target} ok`);
  },
  "invites.revoke": (state, { workspace, target }, { actor }) => {
    const invite = state.invites[target];
    if (!invite?.pending || invite.workspace !== workspace) return "invite.not_found";
    invite.pending = false;
    return record(workspaceOf(state, workspace), `${actor} invite.revoked invite ${target} ok`);
  },
  "invites.accept": (state, { target: token }, { actor }) => {
    const [name, invite] = Object.entries(state.invites).find(([, { token: its }]) => its === token) ?? [];
    const workspace = invite && state.workspaces[invite.workspace];
    if (!invite?.pending || !workspace || workspace.deleted) return "invite.invalid";
    if (invite.email !== actor || actor === UNVERIFIED) return "invite.invalid";
    invite.pending = false;
    workspace.members[actor] ??= invite.role;
    return record(workspace, `${actor} invite.accepted invite ${name} ok`);
  },
  "invites.decline": (state, { target: token }, { actor }) => {
    const [name, invite] = Object.entries(state.invites).find(([, { token: its }]) => its === token) ?? [];
    const workspace = invite && state.workspaces[invite.workspace];
    if (!workspace || workspace.deleted) return "invite.invalid";
    if (invite.email !== actor || actor === UNVERIFIED) return "invite.invalid";
    if (invite.declined) return "ok";
    if (!invite.pending) return "invite.invalid";
    Object.assign(invite, { pending: false, declined: true });
    return record(workspace, `${actor} invite.declined invite ${name} ok`);
  },
  "serviceKeys.create": (state, { name, workspace, broad }, { actor, member }) => {
    const rights = rightsOf(broad);
    const isBeyond = compareRoles(rights.role, member.role) > 0;
    if (isBeyond || !rights.scopes.every((scope) => mayGive(member, scope))) return "permission.denied";
    if (actor === UNVERIFIED && rights.scopes.includes("invite:manage")) return "auth.email_unverified";
    state.keys[name] = { ...rights, workspace, tokens: [name], revoked: false };
    return record(workspaceOf(state, workspace), `${actor} key.created key ${name} ok`);
  },
  "serviceKeys.rotate": (state, { name, workspace, target, broad: keepsOldToken }, { actor, member }) => {
    const key = state.keys[target];
    if (!key || key.revoked || key.workspace !== workspace) return "key.not_found";
    if (!key.scopes.every((scope) => mayGive(member, scope))) return "permission.denied";
    key.tokens = [name, ...(keepsOldToken ? key.tokens : [])];
    return record(workspaceOf(state, workspace), `${actor} key.rotated key ${target} ok`);
  },
  "serviceKeys.revoke": (state, { workspace, target }, { actor }) => {
    const key = state.keys[target];
    if (!key || key.revoked || key.workspace !== workspace) return "key.not_found";
    key.revoked = true;
    endInvites(state, workspace, target);
    return record(workspaceOf(state, workspace), `${actor} key.revoked key ${target} ok`);
  },
  "projects.create": ({ projects }, { name, workspace, title }) => {
    projects[name] = { workspace, title };
    return "ok";
  },
  "projects.update": ({ projects }, { workspace, target, title }) => {
    const project = projects[target];
    if (project?.workspace !== workspace) return "project.not_found";
    project.title = title;
    return "ok";
  },
  "projects.delete": (state, { workspace, target }, { actor }) => {
    if (state.projects[target]?.workspace !== workspace) return "project.not_found";
    delete state.projects[target];
    for (const [name, { project }] of Object.entries(state.tasks)) {
      if (project === target) delete state.tasks[name];
    }
    return record(workspaceOf(state, workspace), `${actor} project.deleted project ${target} ok`);
  },
  "projects.list": () => "ok",
  "tasks.create": ({ projects, tasks }, { name, workspace, project, title }) => {
    if (projects[project]?.workspace !== workspace) return "project.not_found";
    tasks[name] = { workspace, project, title, status: "todo" };
    return "ok";
  },
  "tasks.update": ({ projects, tasks }, { workspace, target, project }) => {
    const task = tasks[target];
    if (task?.workspace !== workspace) return "task.not_found";
    if (projects[project]?.workspace !== workspace) return "project.not_found";
    Object.assign(task, { project, status: "done" });
    return "ok";
  },
  "tasks.delete": (state, { workspace, target }, { actor }) => {
    if (state.tasks[target]?.workspace !== workspace) return "task.not_found";
    delete state.tasks[target];
    return record(workspaceOf(state, workspace), `${actor} task.deleted task ${target} ok`);
  },
  "tasks.list": () => "ok",
};

/** The rights of a new key: those of an admin, or those for everyday work. */
export const rightsOf = (broad: boolean): { role: Role; scopes: Permission[] } =>
  broad
    ? {
        role: "admin",
        scopes: ["invite:manage", "key:manage", "member:manage", "project:delete", "project:read"],
      }
    : { role: "member", scopes: ["project:read", "project:write", "task:read", "task:write"] };

function workspaceOf({ workspaces }: State, name: string): Workspace {
  const workspace = workspaces[name];
  if (!workspace) throw new Error(`The model has no workspace ${name}.`);
  return workspace;
}

function record({ log }: Workspace, line: string): string {
  log.push(line);
  return "ok";
}

function removeMember(
  state: State,
  name: string,
  { person, line }: { person: string; line: string },
): string {
  const workspace = workspaceOf(state, name);
  if (isLastAdmin(workspace, person)) return "member.last_admin";
  delete workspace.members[person];
  endInvites(state, name, person);
  return record(workspace, line);
}

const isLastAdmin = ({ members }: Workspace, person: string): boolean =>
  members[person] === "admin" && Object.values(members).filter((role) => role === "admin").length === 1;

/** Revokes the pending invites of a user or key. */
function endInvites({ invites }: State, workspace: string, by: string): void {
  for (const invite of Object.values(invites)) {
    if (invite.workspace === workspace && invite.by === by) invite.pending = false;
  }
}
