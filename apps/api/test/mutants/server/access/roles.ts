// Mutants of the permission checks: roles, scopes, and the workspace and kind of a credential.
import { keyOf, memberOf, newUser, team, succeeded, as } from "../../attackers.ts";
import type { Attack, Mutant, SourceGuard } from "../../mutant.ts";

const viewerReadsLog: Attack = {
  title: "a viewer reads the audit log",
  tryOn: async (server) => {
    const here = await team(server);
    return succeeded(await (await memberOf(server, here, "viewer")).call("audit.list", {}, here.id));
  },
};

const viewerWrites: Attack = {
  title: "a viewer creates a project",
  tryOn: async (server) => {
    const here = await team(server);
    const viewer = await memberOf(server, here, "viewer");
    return succeeded(await viewer.call("projects.create", { name: "Mine" }, here.id));
  },
};

const viewerCreatesTask: Attack = {
  title: "a viewer creates a task, in a transaction sent as one message",
  tryOn: async (server) => {
    const here = await team(server);
    const viewer = await memberOf(server, here, "viewer");
    const { data } = await here.admin.call("projects.create", { name: "Notes" }, here.id);
    const input = { projectId: String(data.id), title: "Mine" };
    return succeeded(await viewer.call("tasks.create", input, here.id));
  },
};

const keyBeyondItsRole: Attack = {
  title: "a key with the role viewer and the scope audit:read reads the audit log",
  tryOn: async (server) => {
    const here = await team(server);
    const key = await keyOf(server, here, { role: "viewer", scopes: ["audit:read"] });
    return succeeded(await key.call("audit.list", {}));
  },
};

const keyBeyondItsScopes: Attack = {
  title: "a key with the role member and without the scope task:read reads tasks",
  tryOn: async (server) => {
    const here = await team(server);
    const key = await keyOf(server, here, { role: "member", scopes: ["project:read"] });
    return succeeded(await key.call("tasks.list", {}));
  },
};

const keyInOtherWorkspace: Attack = {
  title: "a key is accepted with the id of another workspace",
  tryOn: async (server) => {
    const [here, there] = [await team(server), await team(server)];
    const key = await keyOf(server, here, { role: "member", scopes: ["project:read"] });
    return succeeded(await key.call("projects.list", {}, there.id));
  },
};

const malformedWorkspace: Attack = {
  title: "a call with a malformed workspace id acts in the current workspace",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    await admin.call("workspaces.switch", { workspaceId: id });
    return succeeded(await admin.call("projects.list", {}, "nonsense"));
  },
};

const keyAsUser: Attack = {
  title: "a key that calls an operation for users causes a 500",
  tryOn: async (server) => {
    const here = await team(server);
    const key = await keyOf(server, here, { role: "admin", scopes: ["task:read"] });
    return (await key.call("auth.me")).status === 500;
  },
};

const unauthenticatedAsUser: Attack = {
  title: "an unauthenticated call of an operation for users causes a 500",
  tryOn: async (server) => (await as(server, "nobody")("auth.me")).status === 500,
};

const nonMemberReads: Attack = {
  title: "a user who is not a member lists the projects of a workspace",
  tryOn: async (server) => {
    const { id } = await team(server);
    return succeeded(await (await newUser(server)).call("projects.list", {}, id));
  },
};

const memberInvites: Attack = {
  title: "a member invites an admin",
  tryOn: async (server) => {
    const here = await team(server);
    const member = await memberOf(server, here, "member");
    const email = `${here.id}@example.com`;
    return succeeded(await member.call("invites.create", { email, role: "admin" }, here.id));
  },
};

const memberCreatesAdminKey: Attack = {
  title: "a member creates a key with the role admin",
  tryOn: async (server) => {
    const here = await team(server);
    const member = await memberOf(server, here, "member");
    const wanted = { name: "Mill", role: "admin", scopes: ["task:read"], expiresInDays: 1 };
    return succeeded(await member.call("serviceKeys.create", wanted, here.id));
  },
};

const grant = "packages/authz/src/grant.ts";
const policyTable = "packages/authz/src/policy.ts";
const procedures = "apps/api/src/rpc/procedures.ts";

const policy: SourceGuard = {
  title: "the policy is checked before the operation runs",
  file: grant,
  text: "if (!holds(member, permission)) throw new Forbidden(permission);",
  replacement: "",
};
const membershipAtWrite: SourceGuard = {
  title: "the membership is checked again when a write begins",
  file: "packages/db/src/scope/enter-sql.ts",
  text: 'statement("SELECT projo_enter($1, $2, $3)", [requireUuid(actor.userId), actor.roles, actor.deleted])',
  replacement: 'statement("SELECT 1")',
};
const BOUNDS = "return key.scopes.includes(permission) && canBeScope(role, permission);";
const roleOfInvite: SourceGuard = {
  title: "an invite cannot grant a role above the inviter's own",
  file: "apps/api/src/features/invites/check-assigned-role.ts",
  text: "if (compareRoles(assigned, own) > 0)",
  replacement: "if (false)",
};
const roleOfKey: SourceGuard = {
  title: "a key cannot have a role above its creator's own",
  file: "apps/api/src/features/service-keys/check-assigned-rights.ts",
  text: "const isHigher = compareRoles(role, giver.role) > 0;",
  replacement: "const isHigher = false;",
};
const adminOnly = (permission: string): SourceGuard => ({
  title: `the permission ${permission} requires the role admin`,
  file: policyTable,
  text: `"${permission}": "admin"`,
  replacement: `"${permission}": "member"`,
});
const inviteAdminOnly = adminOnly("invite:manage");
const keyAdminOnly = adminOnly("key:manage");

export const roles: readonly Mutant[] = [
  { removed: [policy], succeeds: [viewerReadsLog], stillBlocked: [viewerWrites, viewerCreatesTask] },
  { removed: [membershipAtWrite], succeeds: [], stillBlocked: [viewerWrites, viewerCreatesTask] },
  { removed: [policy, membershipAtWrite], succeeds: [viewerWrites, viewerCreatesTask] },
  {
    removed: [
      {
        title: "a key's role limits its scopes",
        file: grant,
        text: BOUNDS,
        replacement: "return key.scopes.includes(permission);",
      },
    ],
    succeeds: [keyBeyondItsRole],
    stillBlocked: [keyBeyondItsScopes],
  },
  {
    removed: [
      {
        title: "a key's scopes limit its role",
        file: grant,
        text: BOUNDS,
        replacement: "return canBeScope(role, permission);",
      },
    ],
    succeeds: [keyBeyondItsScopes],
    stillBlocked: [keyBeyondItsRole],
  },
  {
    removed: [
      {
        title: "the membership found must be in the requested workspace",
        file: procedures,
        text: "(requested !== null && found.workspaceId !== requested)",
        replacement: "false",
      },
    ],
    succeeds: [keyInOtherWorkspace, malformedWorkspace],
    stillBlocked: [nonMemberReads],
  },
  {
    removed: [
      {
        title: "the membership comes from the database",
        file: procedures,
        text: "const found = membershipOf(caller);",
        replacement: `const found = membershipOf(caller) ?? { workspaceId: requested, role: "viewer", userId: caller.user.id };`,
      },
    ],
    succeeds: [nonMemberReads],
  },
  {
    removed: [
      {
        title: "operations for users reject keys",
        file: procedures,
        text: 'if (caller.kind !== "person") throw new Failure("auth.person_required");',
        replacement: "",
      },
    ],
    succeeds: [keyAsUser],
  },
  {
    removed: [
      {
        title: "unauthenticated calls are rejected",
        file: "apps/api/src/rpc/checks/authenticate.ts",
        text: "if (caller) return caller;",
        replacement: "return caller as Caller;",
      },
    ],
    succeeds: [unauthenticatedAsUser],
  },
  { removed: [roleOfInvite], succeeds: [], stillBlocked: [memberInvites] },
  { removed: [inviteAdminOnly], succeeds: [], stillBlocked: [memberInvites] },
  { removed: [inviteAdminOnly, roleOfInvite], succeeds: [memberInvites] },
  { removed: [roleOfKey], succeeds: [], stillBlocked: [memberCreatesAdminKey] },
  { removed: [keyAdminOnly], succeeds: [], stillBlocked: [memberCreatesAdminKey] },
  { removed: [keyAdminOnly, roleOfKey], succeeds: [memberCreatesAdminKey] },
];
