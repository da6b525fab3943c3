// Members and workspaces: always an admin, and nobody in who is not to be.
import type { TestServer } from "../../../kit/index.ts";
import { as, keyOf, meanwhile, memberOf, stranger, team, worked } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const stepsDown: Attack = {
  says: "the only admin becomes a viewer",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return worked(await admin.call("members.changeRole", { userId: admin.id, role: "viewer" }, id));
  },
};

const leaves: Attack = {
  says: "the only admin leaves",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return worked(await admin.call("workspaces.leave", { workspaceId: id }));
  },
};

const bothStepDown: Attack = {
  says: "the only two admins become viewers at once",
  tryOn: async (server) => {
    const here = await team(server);
    const other = await memberOf(server, here, "admin");
    // Both have done it and come to wait for the log, before either has committed.
    const log = `SELECT FROM audit_heads WHERE workspace_id = '${here.id}' FOR UPDATE`;
    const answers = await meanwhile(server, log, () =>
      Promise.all(
        [here.admin, other].map((admin) =>
          admin.call("members.changeRole", { userId: admin.id, role: "viewer" }, here.id),
        ),
      ),
    );
    return answers.every(worked);
  },
};

const mistyped: Attack = {
  says: "a workspace is deleted by another name than its own",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return worked(await admin.call("workspaces.delete", { name: "Another" }, id));
  },
};

/** A workspace that its admin deleted, and what they do next. */
const deletedOne = async (server: TestServer) => {
  const here = await team(server);
  const key = await keyOf(server, here, { role: "viewer", scopes: ["project:read"] });
  if (!worked(await here.admin.call("workspaces.delete", { name: "Engines" }, here.id))) throw new Error("?");
  return { ...here, key };
};

const readsDeleted: Attack = {
  says: "a member reads in a deleted workspace",
  tryOn: async (server) => {
    const { admin, id } = await deletedOne(server);
    return worked(await admin.call("projects.list", {}, id));
  },
};

const readsTasksOfDeleted: Attack = {
  says: "a member reads tasks in a deleted workspace",
  tryOn: async (server) => {
    const { admin, id } = await deletedOne(server);
    return worked(await admin.call("tasks.list", {}, id));
  },
};

const keyReadsDeleted: Attack = {
  says: "a key reads in a deleted workspace",
  tryOn: async (server) => worked(await (await deletedOne(server)).key.call("projects.list", {})),
};

const restoresLate: Attack = {
  says: "a workspace is restored after 31 days",
  tryOn: async (server) => {
    const { admin, id } = await deletedOne(server);
    await server.database.owner(
      "UPDATE workspaces SET deleted_at = now() - interval '31 days' WHERE id = $1",
      [id],
    );
    return worked(await admin.call("workspaces.restore", { workspaceId: id }));
  },
};

const entersOthers: Attack = {
  says: "somebody makes a workspace current in which they are no member",
  tryOn: async (server) => {
    const { id } = await team(server);
    return worked(await (await stranger(server)).call("workspaces.switch", { workspaceId: id }));
  },
};

const learnsOfStrangers: Attack = {
  says: "a key learns from a token what its person may elsewhere",
  tryOn: async (server) => {
    const [here, there] = [await team(server), await team(server)];
    await there.admin.call("workspaces.switch", { workspaceId: there.id });
    const key = await keyOf(server, here, { role: "viewer", scopes: ["token:introspect"] });
    const asked = { token: there.admin.token, permission: "task:read" };
    return (await as(server, key.token)("tokens.introspect", asked)).data?.active === true;
  },
};

const members = "packages/db/src/tenant/members.ts";
const workspacesFile = "packages/db/src/tenant/workspaces.ts";
const switching = "packages/db/src/people/person-workspaces.ts";

const ownOnly = guard("a person makes a workspace current that is theirs", switching, [
  "WHERE m.user_id = nullif(current_setting('app.user_id', true), '')::uuid",
  "WHERE true",
]);
const personPolicies = {
  says: "a person is shown their own memberships and workspaces by the database",
  sql: `ALTER POLICY person ON workspace_members USING (true); ALTER POLICY person ON workspaces USING (true)`,
};

export const teams: readonly Mutant[] = [
  {
    without: [
      guard("the last admin keeps their role", members, [
        "AND (${role}::text = 'admin' OR EXISTS (SELECT FROM other_admin))",
        "",
      ]),
    ],
    works: [stepsDown],
    refused: [leaves],
  },
  {
    without: [
      guard("the last admin stays", members, [
        "AND (target.role <> 'admin' OR EXISTS (SELECT FROM other_admin))",
        "",
      ]),
    ],
    works: [leaves],
    refused: [stepsDown],
  },
  {
    without: [
      guard("who changes members takes turns", "packages/db/src/scope/enter-sql.ts", [
        'const LOCK_WORKSPACE = statement("SELECT FROM workspaces FOR NO KEY UPDATE");',
        'const LOCK_WORKSPACE = statement("SELECT");',
      ]),
    ],
    works: [bothStepDown],
    refused: [stepsDown],
  },
  {
    without: [
      guard("a workspace is deleted by its name", workspacesFile, [
        "WHERE name = ${name}::text AND deleted_at IS NULL",
        "WHERE ${name}::text IS NOT NULL AND deleted_at IS NULL",
      ]),
    ],
    works: [mistyped],
  },
  {
    without: [
      guard("a deletion locks the members out", workspacesFile, [
        "UPDATE workspace_members SET locked_at = now() FROM deleted",
        "UPDATE workspace_members SET locked_at = NULL FROM deleted",
      ]),
    ],
    works: [readsDeleted, readsTasksOfDeleted],
    refused: [keyReadsDeleted],
  },
  {
    without: [
      guard("a deletion locks the keys out", workspacesFile, [
        "UPDATE service_keys SET locked_at = now() FROM held",
        "UPDATE service_keys SET locked_at = NULL FROM held",
      ]),
    ],
    works: [keyReadsDeleted],
    refused: [readsDeleted],
  },
  {
    without: [
      guard("a workspace is restored within 30 days", workspacesFile, [
        "WHERE deleted_at > now() - make_interval(days => ${RESTORABLE_DAYS}::integer)",
        "WHERE ${RESTORABLE_DAYS}::integer > 0",
      ]),
    ],
    works: [restoresLate],
  },
  { without: [ownOnly], works: [], refused: [entersOthers] },
  { without: [personPolicies], works: [], refused: [entersOthers] },
  { without: [ownOnly, personPolicies], works: [entersOthers] },
  {
    without: [
      guard(
        "a token is looked at for the workspace of the key that asks",
        "apps/api/src/features/tokens/introspect-token.ts",
        ["await sessions.find(token, workspaceId)", "await sessions.find(token, null)"],
      ),
    ],
    works: [learnsOfStrangers],
  },
];
