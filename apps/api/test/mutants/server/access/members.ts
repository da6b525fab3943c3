// Mutants of the member and workspace checks: the last admin, deleted workspaces, and the current workspace.
import type { TestServer } from "../../../kit/index.ts";
import { as, keyOf, duringTransaction, memberOf, newUser, team, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const lastAdminDemotes: Attack = {
  title: "the only admin becomes a viewer",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return succeeded(await admin.call("members.changeRole", { userId: admin.id, role: "viewer" }, id));
  },
};

const lastAdminLeaves: Attack = {
  title: "the only admin leaves",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return succeeded(await admin.call("workspaces.leave", { workspaceId: id }));
  },
};

const bothAdminsDemote: Attack = {
  title: "the only two admins become viewers concurrently",
  tryOn: async (server) => {
    const here = await team(server);
    const other = await memberOf(server, here, "admin");
    // Both calls change the role and then wait for the lock on the audit log, so neither has committed.
    const log = `SELECT FROM audit_heads WHERE workspace_id = '${here.id}' FOR UPDATE`;
    const answers = await duringTransaction(server, { statements: log, waiting: 2 }, () =>
      Promise.all(
        [here.admin, other].map((admin) =>
          admin.call("members.changeRole", { userId: admin.id, role: "viewer" }, here.id),
        ),
      ),
    );
    return answers.every(succeeded);
  },
};

const wrongName: Attack = {
  title: "a workspace is deleted with the wrong name",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return succeeded(await admin.call("workspaces.delete", { name: "Another" }, id));
  },
};

/** Creates a workspace with a key and deletes it. */
const deletedWorkspace = async (server: TestServer) => {
  const here = await team(server);
  const key = await keyOf(server, here, { role: "viewer", scopes: ["project:read"] });
  if (!succeeded(await here.admin.call("workspaces.delete", { name: "Engines" }, here.id)))
    throw new Error("The workspace was not deleted.");
  return { ...here, key };
};

const readsDeleted: Attack = {
  title: "a member lists the projects of a deleted workspace",
  tryOn: async (server) => {
    const { admin, id } = await deletedWorkspace(server);
    return succeeded(await admin.call("projects.list", {}, id));
  },
};

const readsTasksOfDeleted: Attack = {
  title: "a member lists the tasks of a deleted workspace",
  tryOn: async (server) => {
    const { admin, id } = await deletedWorkspace(server);
    return succeeded(await admin.call("tasks.list", {}, id));
  },
};

const keyReadsDeleted: Attack = {
  title: "a key lists the projects of a deleted workspace",
  tryOn: async (server) => succeeded(await (await deletedWorkspace(server)).key.call("projects.list", {})),
};

const restoresTooLate: Attack = {
  title: "a workspace is restored after 31 days",
  tryOn: async (server) => {
    const { admin, id } = await deletedWorkspace(server);
    await server.database.owner(
      "UPDATE workspaces SET deleted_at = now() - interval '31 days' WHERE id = $1",
      [id],
    );
    return succeeded(await admin.call("workspaces.restore", { workspaceId: id }));
  },
};

const selectsForeign: Attack = {
  title: "a user selects a workspace in which they are not a member",
  tryOn: async (server) => {
    const { id } = await team(server);
    return succeeded(await (await newUser(server)).call("workspaces.switch", { workspaceId: id }));
  },
};

const introspectsForeign: Attack = {
  title: "a key introspects a permission that the user has in another workspace",
  tryOn: async (server) => {
    const [here, there] = [await team(server), await team(server)];
    await there.admin.call("workspaces.switch", { workspaceId: there.id });
    const key = await keyOf(server, here, { role: "viewer", scopes: ["token:introspect"] });
    const asked = { token: there.admin.token, permission: "task:read" };
    return (await as(server, key.token)("tokens.introspect", asked)).data?.active === true;
  },
};

const membersFile = "packages/db/src/tenant/members.ts";
const workspacesFile = "packages/db/src/tenant/workspaces.ts";
const switchFile = "packages/db/src/people/person-workspaces.ts";

const ownWorkspaces = guard("a user can select only their own workspaces", switchFile, [
  "WHERE m.user_id = nullif(current_setting('app.user_id', true), '')::uuid",
  "WHERE true",
]);
const personPolicies = {
  title: "the policies of the database show a user only their own memberships and workspaces",
  sql: `ALTER POLICY person ON workspace_members USING (true); ALTER POLICY person ON workspaces USING (true)`,
};

export const teams: readonly Mutant[] = [
  {
    removed: [
      guard("the last admin cannot be demoted", membersFile, [
        "AND (${role}::text = 'admin' OR EXISTS (SELECT FROM other_admin))",
        "",
      ]),
    ],
    succeeds: [lastAdminDemotes],
    stillBlocked: [lastAdminLeaves],
  },
  {
    removed: [
      guard("the last admin cannot be removed", membersFile, [
        "AND (target.role <> 'admin' OR EXISTS (SELECT FROM other_admin))",
        "",
      ]),
    ],
    succeeds: [lastAdminLeaves],
    stillBlocked: [lastAdminDemotes],
  },
  {
    removed: [
      guard("changes of members are serialized", "packages/db/src/scope/enter-sql.ts", [
        'const LOCK_WORKSPACE = statement("SELECT FROM workspaces FOR NO KEY UPDATE");',
        'const LOCK_WORKSPACE = statement("SELECT");',
      ]),
    ],
    succeeds: [bothAdminsDemote],
    stillBlocked: [lastAdminDemotes],
  },
  {
    removed: [
      guard("the deletion of a workspace requires its name", workspacesFile, [
        "WHERE normalize(name, NFC) = normalize(${name}::text, NFC) AND deleted_at IS NULL",
        "WHERE ${name}::text IS NOT NULL AND deleted_at IS NULL",
      ]),
    ],
    succeeds: [wrongName],
  },
  {
    removed: [
      guard("the deletion of a workspace locks its members out", workspacesFile, [
        "UPDATE workspace_members SET locked_at = now() FROM deleted",
        "UPDATE workspace_members SET locked_at = NULL FROM deleted",
      ]),
    ],
    succeeds: [readsDeleted, readsTasksOfDeleted],
    stillBlocked: [keyReadsDeleted],
  },
  {
    removed: [
      guard("the deletion of a workspace locks its keys out", workspacesFile, [
        "UPDATE service_keys SET locked_at = now() FROM held",
        "UPDATE service_keys SET locked_at = NULL FROM held",
      ]),
    ],
    succeeds: [keyReadsDeleted],
    stillBlocked: [readsDeleted],
  },
  {
    removed: [
      guard("a workspace can be restored for 30 days", workspacesFile, [
        "WHERE deleted_at > now() - make_interval(days => ${RESTORABLE_DAYS}::integer)",
        "WHERE ${RESTORABLE_DAYS}::integer > 0",
      ]),
    ],
    succeeds: [restoresTooLate],
  },
  { removed: [ownWorkspaces], succeeds: [], stillBlocked: [selectsForeign] },
  { removed: [personPolicies], succeeds: [], stillBlocked: [selectsForeign] },
  { removed: [ownWorkspaces, personPolicies], succeeds: [selectsForeign] },
  {
    removed: [
      guard(
        "a token is introspected only for the workspace of the calling key",
        "apps/api/src/features/tokens/introspect-token.ts",
        ["await sessions.find(token, workspaceId)", "await sessions.find(token, null)"],
      ),
    ],
    succeeds: [introspectsForeign],
  },
];
