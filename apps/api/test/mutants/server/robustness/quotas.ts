// Mutants of the quotas: the number of projects, tasks, members, invites and service keys of a workspace.
import { idsOf, type TestServer } from "../../../kit/index.ts";
import {
  rowExists,
  inviteFor,
  keyOf,
  duringTransaction,
  newUser,
  type Team,
  team,
  verifyEmail,
  succeeded,
} from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Settings of the mutants' servers: quotas that an attack can reach. */
export const quotasOfMutants = {
  PROJO_QUOTA_PROJECTS: "300",
  PROJO_QUOTA_TASKS: "300",
  PROJO_QUOTA_MEMBERS: "30",
};

const fill = (server: TestServer, table: "projects" | "tasks", { id, admin }: Team, count: number) =>
  server.database.owner<{ id: string }>(
    table === "projects"
      ? `INSERT INTO projects (id, workspace_id, name, created_by)
         SELECT gen_random_uuid(), $1, 'Full', $2 FROM generate_series(1, $3::int) RETURNING id`
      : `WITH project AS (
           INSERT INTO projects (id, workspace_id, name, created_by) VALUES (gen_random_uuid(), $1, 'Full', $2) RETURNING id
         ), tasks AS (
           INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
           SELECT gen_random_uuid(), $1, project.id, 'Note', 'todo', $2 FROM project, generate_series(1, $3::int)
         )
         SELECT id FROM project`,
    [id, admin.id, count],
  );

const projectAboveQuota: Attack = {
  title: "a workspace has one project more than its quota",
  tryOn: async (server) => {
    const here = await team(server);
    await fill(server, "projects", here, 299);
    const create = () => here.admin.call("projects.create", { name: "Looms" }, here.id);
    return [await create(), await create()].every(succeeded);
  },
};

const concurrentProjects: Attack = {
  title: "two concurrent calls create the last project of the quota",
  tryOn: async (server) => {
    const here = await team(server);
    await fill(server, "projects", here, 299);
    const create = () => here.admin.call("projects.create", { name: "Looms" }, here.id);
    const held = `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`;
    const answers = await duringTransaction(server, { statements: held, waiting: 2 }, () =>
      Promise.all([create(), create()]),
    );
    return answers.every(succeeded);
  },
};

const concurrentSameName: Attack = {
  title: "two concurrent calls create two projects of one name",
  tryOn: async (server) => {
    const here = await team(server);
    const findOrCreate = () => here.admin.call("projects.findOrCreate", { name: "Looms" }, here.id);
    const held = `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`;
    await duringTransaction(server, { statements: held, waiting: 2 }, () =>
      Promise.all([findOrCreate(), findOrCreate()]),
    );
    const projects = await here.admin.call("projects.list", {}, here.id);
    return idsOf(projects).length > 1;
  },
};

const taskAboveQuota: Attack = {
  title: "a workspace has one task more than its quota",
  tryOn: async (server) => {
    const here = await team(server);
    const [project] = await fill(server, "tasks", here, 300);
    return succeeded(
      await here.admin.call("tasks.create", { projectId: project?.id, title: "Note" }, here.id),
    );
  },
};

const concurrentTasks: Attack = {
  title: "several concurrent calls create the last task of the quota",
  tryOn: async (server) => {
    const here = await team(server);
    const [project] = await fill(server, "tasks", here, 299);
    const input = { projectId: project?.id, title: "Note" };
    const create = () => here.admin.call("tasks.create", input, here.id);
    // All calls wait for the same count of tasks.
    const answers = await duringTransaction(server, { statements: "LOCK TABLE tasks", waiting: 5 }, () =>
      Promise.all([create(), create(), create(), create(), create()]),
    );
    return answers.filter(succeeded).length > 1;
  },
};

const memberAboveQuota: Attack = {
  title: "a workspace has one member more than its quota",
  tryOn: async (server) => {
    const here = await team(server);
    await server.database.owner(
      `WITH people AS (
         INSERT INTO users (id, email, password_hash)
         SELECT id, id || '@example.com', 'none' FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 29)) AS made
         RETURNING id
       )
       INSERT INTO workspace_members (id, workspace_id, user_id, role) SELECT id, $1, id, 'viewer' FROM people`,
      [here.id],
    );
    const guest = await newUser(server);
    await verifyEmail(server, guest);
    const { token } = await inviteFor(server, here, guest);
    return succeeded(await guest.call("invites.accept", { token }));
  },
};

/** Acts in a workspace that has as many pending invites as the quota allows, and an expired one. */
const inviteAboveQuota = (title: string, action: "create" | "resend"): Attack => ({
  title,
  tryOn: async (server) => {
    const here = await team(server);
    const expired = await inviteFor(server, here, { email: `${here.id}@example.com` });
    await server.database.owner("UPDATE invites SET expires_at = now() WHERE id = $1", [expired.id]);
    await server.database.owner(
      `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
       SELECT id, $1, id || '@example.com', 'viewer', sha256(id::text::bytea), sha256(concat(id, '!')::bytea), $2,
              now() + interval '1 day'
         FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 1000)) AS made`,
      [here.id, here.admin.id],
    );
    const input = action === "create" ? { email: `other-${here.id}@example.com` } : { id: expired.id };
    return succeeded(await here.admin.call(`invites.${action}`, input, here.id));
  },
});
const createsInvite = inviteAboveQuota("a workspace has one pending invite more than its quota", "create");
const resendsInvite = inviteAboveQuota("an expired invite becomes pending above the quota", "resend");

/** Acts in a workspace that has as many active keys as the quota allows, and an expired one. */
const keyAboveQuota = (title: string, action: "create" | "rotate"): Attack => ({
  title,
  tryOn: async (server) => {
    const here = await team(server);
    const expired = await keyOf(server, here, { role: "viewer", scopes: ["task:read"] });
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [expired.id]);
    await server.database.owner(
      `INSERT INTO service_keys (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
       SELECT gen_random_uuid(), $1, 'Many', 'viewer', '{task:read}', 1, sha256(n::text::bytea), $2, now() + interval '1 day'
         FROM generate_series(1, 100) AS n`,
      [here.id, here.admin.id],
    );
    const input = action === "create" ? { name: "Mill", scopes: ["task:read"] } : { id: expired.id };
    await here.admin.call(`serviceKeys.${action}`, input, here.id);
    return rowExists(
      server,
      `SELECT FROM service_keys WHERE workspace_id = $1 AND expires_at > now() HAVING count(*) > 100`,
      [here.id],
    );
  },
});
const createsKey = keyAboveQuota("a workspace has one active key more than its quota", "create");
const rotatesKey = keyAboveQuota("an expired key becomes active above the quota", "rotate");

const roomFile = "apps/api/src/limits/quotas/task-capacity.ts";
const tenantFile = (noun: string) => `packages/db/src/tenant/${noun}.ts`;

export const quotas: readonly Mutant[] = [
  {
    removed: [
      guard("the number of projects is bounded by the quota", tenantFile("projects"), [
        "(SELECT count(*) FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}) < $4::bigint",
        "$4::bigint > 0",
      ]),
    ],
    succeeds: [projectAboveQuota, concurrentProjects],
  },
  {
    removed: [
      guard("the creation of projects is serialized", "apps/api/src/features/projects/projects.router.ts", [
        "workspaceProcedure(c.create, { lockMembers: true })",
        "workspaceProcedure(c.create)",
      ]),
    ],
    succeeds: [concurrentProjects],
    stillBlocked: [projectAboveQuota],
  },
  {
    removed: [
      guard(
        "finding or creating a project is serialized",
        "apps/api/src/features/projects/projects.router.ts",
        ["workspaceProcedure(c.findOrCreate, { lockMembers: true })", "workspaceProcedure(c.findOrCreate)"],
      ),
    ],
    succeeds: [concurrentSameName],
    stillBlocked: [concurrentProjects],
  },
  {
    removed: [
      guard("the number of tasks is bounded by the quota", roomFile, [
        "if (known.tasks + requested > quota) return null;",
        "",
      ]),
    ],
    succeeds: [taskAboveQuota, concurrentTasks],
  },
  {
    removed: [
      guard("the quota is reserved before tasks are created", roomFile, ["known.tasks += requested;", ""]),
    ],
    succeeds: [concurrentTasks],
    stillBlocked: [taskAboveQuota],
  },
  {
    removed: [
      guard(
        "the number of members is bounded by the quota",
        "apps/api/src/features/invites/accept-invite.ts",
        [`if (joined && membersBefore >= quotas.members) throw new Failure("member.too_many");`, ""],
      ),
    ],
    succeeds: [memberAboveQuota],
  },
  {
    removed: [
      guard("the number of pending invites is bounded by the quota", tenantFile("invites"), [
        "seen.pending < ${most}::bigint AND",
        "${most}::bigint > 0 AND",
      ]),
    ],
    succeeds: [createsInvite],
    stillBlocked: [resendsInvite],
  },
  {
    removed: [
      guard("the quota applies to an expired invite that is resent", tenantFile("invites"), [
        "AND NOT asked.is_full",
        "",
      ]),
    ],
    succeeds: [resendsInvite],
    stillBlocked: [createsInvite],
  },
  {
    removed: [
      guard("the number of active keys is bounded by the quota", tenantFile("service-keys"), [
        "WHERE (SELECT count(*) FROM service_keys WHERE revoked_at IS NULL AND expires_at > now()) < ${most}::bigint\n      RETURNING",
        "WHERE ${most}::bigint > 0\n      RETURNING",
      ]),
    ],
    succeeds: [createsKey],
    stillBlocked: [rotatesKey],
  },
  {
    removed: [
      guard("the quota applies to an expired key that is rotated", tenantFile("service-keys"), [
        "AND (k.expires_at > now() OR (SELECT count(*) FROM service_keys WHERE revoked_at IS NULL AND expires_at > now()) < ${most}::bigint)",
        "AND ${most}::bigint > 0",
      ]),
    ],
    succeeds: [rotatesKey],
    stillBlocked: [createsKey],
  },
];
