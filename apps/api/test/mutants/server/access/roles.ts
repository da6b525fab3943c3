// Who may: roles, scopes, and whom a credential stands for.
import { keyOf, memberOf, stranger, team, worked, as } from "../../attackers.ts";
import type { Attack, Mutant, SourceGuard } from "../../mutant.ts";

const viewerReadsTheLog: Attack = {
  says: "a viewer reads the audit log",
  tryOn: async (server) => {
    const here = await team(server);
    return worked(await (await memberOf(server, here, "viewer")).call("audit.list", {}, here.id));
  },
};

const viewerWrites: Attack = {
  says: "a viewer makes a project",
  tryOn: async (server) => {
    const here = await team(server);
    const viewer = await memberOf(server, here, "viewer");
    return worked(await viewer.call("projects.create", { name: "Mine" }, here.id));
  },
};

const viewerMakesTask: Attack = {
  says: "a viewer makes a task, which is entered and committed in one message",
  tryOn: async (server) => {
    const here = await team(server);
    const viewer = await memberOf(server, here, "viewer");
    const { data } = await here.admin.call("projects.create", { name: "Notes" }, here.id);
    const input = { projectId: String(data.id), title: "Mine" };
    return worked(await viewer.call("tasks.create", input, here.id));
  },
};

const keyBeyondItsRole: Attack = {
  says: "a viewer's key reads the audit log, which is among its scopes",
  tryOn: async (server) => {
    const here = await team(server);
    const key = await keyOf(server, here, { role: "viewer", scopes: ["audit:read"] });
    return worked(await key.call("audit.list", {}));
  },
};

const keyBeyondItsScopes: Attack = {
  says: "a member's key reads tasks, which are not among its scopes",
  tryOn: async (server) => {
    const here = await team(server);
    const key = await keyOf(server, here, { role: "member", scopes: ["project:read"] });
    return worked(await key.call("tasks.list", {}));
  },
};

const keyAtAnotherDoor: Attack = {
  says: "a key is let in under another workspace's id",
  tryOn: async (server) => {
    const [here, there] = [await team(server), await team(server)];
    const key = await keyOf(server, here, { role: "member", scopes: ["project:read"] });
    return worked(await key.call("projects.list", {}, there.id));
  },
};

const currentForNonsense: Attack = {
  says: "who asks for a workspace that is no id is let into their current one",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    await admin.call("workspaces.switch", { workspaceId: id });
    return worked(await admin.call("projects.list", {}, "nonsense"));
  },
};

const keyAsPerson: Attack = {
  says: "a key at a door for people is an error of the server",
  tryOn: async (server) => {
    const here = await team(server);
    const key = await keyOf(server, here, { role: "admin", scopes: ["task:read"] });
    return (await key.call("auth.me")).status === 500;
  },
};

const nobodyAtDoor: Attack = {
  says: "nobody at a door for people is an error of the server",
  tryOn: async (server) => (await as(server, "nobody")("auth.me")).status === 500,
};

const strangerReads: Attack = {
  says: "a person who is no member reads a workspace's projects",
  tryOn: async (server) => {
    const { id } = await team(server);
    return worked(await (await stranger(server)).call("projects.list", {}, id));
  },
};

const memberInvites: Attack = {
  says: "a member invites an admin",
  tryOn: async (server) => {
    const here = await team(server);
    const member = await memberOf(server, here, "member");
    const email = `${here.id}@example.com`;
    return worked(await member.call("invites.create", { email, role: "admin" }, here.id));
  },
};

const memberMakesAdminKey: Attack = {
  says: "a member makes an admin's key",
  tryOn: async (server) => {
    const here = await team(server);
    const member = await memberOf(server, here, "member");
    const wanted = { name: "Mill", role: "admin", scopes: ["task:read"], expiresInDays: 1 };
    return worked(await member.call("serviceKeys.create", wanted, here.id));
  },
};

const grant = "packages/authz/src/grant.ts";
const policyTable = "packages/authz/src/policy.ts";
const procedures = "apps/api/src/rpc/procedures.ts";

const policy: SourceGuard = {
  says: "the check of the policy, before anything is done",
  file: grant,
  guard: "if (!holds(member, permission)) throw new Forbidden(permission);",
  without: "",
};
const door: SourceGuard = {
  says: "the membership read again at the door of a write",
  file: "packages/db/src/scope/enter-sql.ts",
  guard: 'statement("SELECT projo_enter($1, $2, $3)", [checked(actor.userId), actor.roles, actor.deleted])',
  without: 'statement("SELECT 1")',
};
const bounds = "return key.scopes.includes(permission) && canBeScope(role, permission);";
const givenRole: SourceGuard = {
  says: "nobody invites to a role above their own",
  file: "apps/api/src/features/invites/given-role.ts",
  guard: "if (compareRoles(given, own) > 0)",
  without: "if (false)",
};
const givenKeyRole: SourceGuard = {
  says: "nobody makes a key of a role above their own",
  file: "apps/api/src/features/service-keys/given-rights.ts",
  guard: "const isHigher = compareRoles(role, giver.role) > 0;",
  without: "const isHigher = false;",
};
const forAdmins = (permission: string): SourceGuard => ({
  says: `${permission} is for admins`,
  file: policyTable,
  guard: `"${permission}": "admin"`,
  without: `"${permission}": "member"`,
});
const inviteForAdmins = forAdmins("invite:manage");
const keyForAdmins = forAdmins("key:manage");

export const roles: readonly Mutant[] = [
  { without: [policy], works: [viewerReadsTheLog], refused: [viewerWrites, viewerMakesTask] },
  { without: [door], works: [], refused: [viewerWrites, viewerMakesTask] },
  { without: [policy, door], works: [viewerWrites, viewerMakesTask] },
  {
    without: [
      {
        says: "a key's role bounds its scopes",
        file: grant,
        guard: bounds,
        without: "return key.scopes.includes(permission);",
      },
    ],
    works: [keyBeyondItsRole],
    refused: [keyBeyondItsScopes],
  },
  {
    without: [
      {
        says: "a key's scopes bound its role",
        file: grant,
        guard: bounds,
        without: "return canBeScope(role, permission);",
      },
    ],
    works: [keyBeyondItsScopes],
    refused: [keyBeyondItsRole],
  },
  {
    without: [
      {
        says: "what was found must be what was asked for",
        file: procedures,
        guard: "(asked !== null && found.workspaceId !== asked)",
        without: "false",
      },
    ],
    works: [keyAtAnotherDoor, currentForNonsense],
    refused: [strangerReads],
  },
  {
    without: [
      {
        says: "the membership is asked of the database",
        file: procedures,
        guard: "const found = membershipOf(caller);",
        without: `const found = membershipOf(caller) ?? { workspaceId: asked, role: "viewer", userId: caller.user.id };`,
      },
    ],
    works: [strangerReads],
  },
  {
    without: [
      {
        says: "doors for people are closed to keys",
        file: procedures,
        guard: 'if (caller.kind !== "person") throw new Failure("auth.person_required");',
        without: "",
      },
    ],
    works: [keyAsPerson],
  },
  {
    without: [
      {
        says: "who is nobody is turned away",
        file: "apps/api/src/rpc/checks/known-caller.ts",
        guard: "if (caller) return caller;",
        without: "return caller as Caller;",
      },
    ],
    works: [nobodyAtDoor],
  },
  { without: [givenRole], works: [], refused: [memberInvites] },
  { without: [inviteForAdmins], works: [], refused: [memberInvites] },
  { without: [inviteForAdmins, givenRole], works: [memberInvites] },
  { without: [givenKeyRole], works: [], refused: [memberMakesAdminKey] },
  { without: [keyForAdmins], works: [], refused: [memberMakesAdminKey] },
  { without: [keyForAdmins, givenKeyRole], works: [memberMakesAdminKey] },
];
