// The model's rules: what an act changes for whom the policy lets do it. Each answers "ok", or the reason why not.
import { compareRoles, mayGive, type Permission, type Role } from "@projostack/authz";
import { UNVERIFIED, type Act, type Op } from "./acts.ts";
import type { Who, Workspace, World } from "./world.ts";

type Rule = (world: World, act: Act, who: Who) => string;

export const rules: Readonly<Record<Op, Rule>> = {
  "workspaces.create": ({ workspaces }, { name, title }, { actor }) => {
    workspaces[name] = { title, deleted: false, members: { [actor]: "admin" }, log: [] };
    return record(workspaces[name], `${actor} workspace.created workspace ${name} ok`);
  },
  "workspaces.rename": (world, { workspace: name, title }, { actor }) => {
    const workspace = inside(world, name);
    workspace.title = title;
    return record(workspace, `${actor} workspace.renamed workspace ${name} ok`);
  },
  "workspaces.leave": (world, { workspace: name }, { actor }) => {
    const workspace = world.workspaces[name];
    if (!workspace || workspace.deleted || !workspace.members[actor]) return "workspace.not_found";
    return leaving(world, name, { person: actor, line: `${actor} member.left member ${actor} ok` });
  },
  "workspaces.delete": (world, { workspace: name, title }, { actor }) => {
    const workspace = inside(world, name);
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
  put: ({ workspaces }, { workspace: name, target, role }) => {
    const workspace = workspaces[name];
    if (workspace) workspace.members[target] ??= role;
    return "ok";
  },
  "members.changeRole": (world, { workspace: name, target, role }, { actor }) => {
    const workspace = inside(world, name);
    const before = workspace.members[target];
    if (!before) return "member.not_found";
    if (role !== "admin" && isLastAdmin(workspace, target)) return "member.last_admin";
    workspace.members[target] = role;
    if (role !== "admin") endInvites(world, name, target);
    return before === role ? "ok" : record(workspace, `${actor} member.role_changed member ${target} ok`);
  },
  "members.remove": (world, { workspace, target }, { actor }) => {
    if (!inside(world, workspace).members[target]) return "member.not_found";
    return leaving(world, workspace, { person: target, line: `${actor} member.removed member ${target} ok` });
  },
  "invites.create": (world, { name, workspace: place, target: email, role }, { actor }) => {
    if (actor === UNVERIFIED) return "auth.email_unverified";
    const workspace = inside(world, place);
    if (workspace.members[email]) return "invite.already_member";
    const waits = Object.values(world.invites).some(
      (invite) => invite.workspace === place && invite.email === email && invite.pending,
    );
    if (waits) return "invite.exists";
    world.invites[name] = { workspace: place, email, role, by: actor, token: name, pending: true };
    return record(workspace, `${actor} invite.created invite ${name} ok`);
  },
  "invites.resend": (world, { name, workspace, target }, { actor }) => {
    if (actor === UNVERIFIED) return "auth.email_unverified";
    const invite = world.invites[target];
    if (!invite?.pending || invite.workspace !== workspace) return "invite.not_found";
    if (inside(world, workspace).members[invite.email]) return "invite.already_member";
    Object.assign(invite, { token: name, by: actor });
    return record(inside(world, workspace), `${actor} invite.resent invite ${target} ok`);
  },
  "invites.revoke": (world, { workspace, target }, { actor }) => {
    const invite = world.invites[target];
    if (!invite?.pending || invite.workspace !== workspace) return "invite.not_found";
    invite.pending = false;
    return record(inside(world, workspace), `${actor} invite.revoked invite ${target} ok`);
  },
  "invites.accept": (world, { target: token }, { actor }) => {
    const [name, invite] = Object.entries(world.invites).find(([, { token: its }]) => its === token) ?? [];
    const workspace = invite && world.workspaces[invite.workspace];
    if (!invite?.pending || !workspace || workspace.deleted) return "invite.invalid";
    if (invite.email !== actor || actor === UNVERIFIED) return "invite.invalid";
    invite.pending = false;
    workspace.members[actor] ??= invite.role;
    return record(workspace, `${actor} invite.accepted invite ${name} ok`);
  },
  "serviceKeys.create": (world, { name, workspace, wide }, { actor, member }) => {
    const rights = rightsOf(wide);
    const isBeyond = compareRoles(rights.role, member.role) > 0;
    if (isBeyond || !rights.scopes.every((scope) => mayGive(member, scope))) return "permission.denied";
    if (actor === UNVERIFIED && rights.scopes.includes("invite:manage")) return "auth.email_unverified";
    world.keys[name] = { ...rights, workspace, tokens: [name], revoked: false };
    return record(inside(world, workspace), `${actor} key.created key ${name} ok`);
  },
  "serviceKeys.rotate": (world, { name, workspace, target, wide: goesOn }, { actor, member }) => {
    const key = world.keys[target];
    if (!key || key.revoked || key.workspace !== workspace) return "key.not_found";
    if (!key.scopes.every((scope) => mayGive(member, scope))) return "permission.denied";
    key.tokens = [name, ...(goesOn ? key.tokens.slice(0, 1) : [])];
    return record(inside(world, workspace), `${actor} key.rotated key ${target} ok`);
  },
  "serviceKeys.revoke": (world, { workspace, target }, { actor }) => {
    const key = world.keys[target];
    if (!key || key.revoked || key.workspace !== workspace) return "key.not_found";
    key.revoked = true;
    endInvites(world, workspace, target);
    return record(inside(world, workspace), `${actor} key.revoked key ${target} ok`);
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
  "projects.delete": (world, { workspace, target }, { actor }) => {
    if (world.projects[target]?.workspace !== workspace) return "project.not_found";
    delete world.projects[target];
    for (const [name, { project }] of Object.entries(world.tasks)) {
      if (project === target) delete world.tasks[name];
    }
    return record(inside(world, workspace), `${actor} project.deleted project ${target} ok`);
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
  "tasks.delete": (world, { workspace, target }, { actor }) => {
    if (world.tasks[target]?.workspace !== workspace) return "task.not_found";
    delete world.tasks[target];
    return record(inside(world, workspace), `${actor} task.deleted task ${target} ok`);
  },
  "tasks.list": () => "ok",
};

/** What a key is made for: all that admins manage, or everyday work. */
export const rightsOf = (wide: boolean): { role: Role; scopes: Permission[] } =>
  wide
    ? {
        role: "admin",
        scopes: ["invite:manage", "key:manage", "member:manage", "project:delete", "project:read"],
      }
    : { role: "member", scopes: ["project:read", "project:write", "task:read", "task:write"] };

function inside({ workspaces }: World, name: string): Workspace {
  const workspace = workspaces[name];
  if (!workspace) throw new Error(`Nobody was let into a workspace that is not there: ${name}.`);
  return workspace;
}

function record({ log }: Workspace, line: string): string {
  log.push(line);
  return "ok";
}

function leaving(world: World, name: string, { person, line }: { person: string; line: string }): string {
  const workspace = inside(world, name);
  if (isLastAdmin(workspace, person)) return "member.last_admin";
  delete workspace.members[person];
  endInvites(world, name, person);
  return record(workspace, line);
}

const isLastAdmin = ({ members }: Workspace, person: string): boolean =>
  members[person] === "admin" && Object.values(members).filter((role) => role === "admin").length === 1;

/** Whoever may no longer invite, person or key, has no invites waiting. */
function endInvites({ invites }: World, workspace: string, by: string): void {
  for (const invite of Object.values(invites)) {
    if (invite.workspace === workspace && invite.by === by) invite.pending = false;
  }
}
