// Mutants of the cost checks: budgets, concurrent long operations, batches of long operations, and quotas.
import { setTimeout as delay } from "node:timers/promises";
import { idsOf, send, type Person, type TestServer } from "../../../kit/index.ts";
import {
  rowExists,
  inviteFor,
  keyOf,
  duringTransaction,
  memberOf,
  newUser,
  type Team,
  team,
  verifyEmail,
  succeeded,
} from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";
import { prefetchForm, noPrefetchedSearch, nul } from "./input.ts";

/** Settings of the mutants' servers: quotas that an attack can reach. */
export const quotasOfMutants = {
  PROJO_QUOTA_PROJECTS: "300",
  PROJO_QUOTA_TASKS: "300",
  PROJO_QUOTA_MEMBERS: "30",
};

/**
 * The input of a call of audit.verify that costs 1,505 points. The attacks on a budget exceed it by more than it recovers in
 * seven seconds, because the minute of a budget may end during an attack.
 */
const expensive = { limit: 10_000 };

const accountAboveBudget: Attack = {
  title: "an account exceeds its budget per minute",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return succeedsEachTime(admin, id, 45);
  },
};

const workspaceAboveBudget: Attack = {
  title: "the members of a workspace together exceed its budget per minute",
  tryOn: async (server) => {
    const here = await team(server);
    for (let n = 0; n < 5; n += 1) {
      const member = await memberOf(server, here, "admin");
      if (!(await succeedsEachTime(member, here.id, 38))) return false;
    }
    return true;
  },
};

async function succeedsEachTime(person: Person, workspaceId: string, times: number): Promise<boolean> {
  for (let n = 0; n < times; n += 1) {
    if (!succeeded(await person.call("audit.verify", expensive, workspaceId))) return false;
  }
  return true;
}

const concurrentLongOperations: Attack = {
  title: "several long operations of one account run concurrently",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const held = "LOCK TABLE audit_logs";
    const waiting = await duringTransaction(server, held, async () => {
      const calls = Array.from({ length: 6 }, () => admin.call("audit.verify", {}, id));
      await delay(200);
      const [row] = await server.database.owner<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      await Promise.all(calls);
      return row?.count ?? 0;
    });
    return waiting > 1;
  },
};

/**
 * Spends the budget of an account and sends one more search while the table is locked. A budget that was spent in the
 * previous minute recovers by 1,000 points per second, more than the search costs, so a round counts only when the server
 * refused the search. The next round has another account, at the beginning of a minute.
 */
const searchAboveBudget: Attack = {
  title: "a search runs for an account without remaining budget",
  tryOn: async (server) => {
    for (let round = 0; round < 4; round += 1) {
      const { admin, id } = await team(server);
      await succeedsEachTime(admin, id, 39);
      await admin.call("audit.verify", { limit: 8_000 }, id);
      const search = () => admin.call("tasks.list", { search: "a" }, id);
      while (succeeded(await search()));
      const [isWaiting, answer] = await duringTransaction(server, "LOCK TABLE tasks", async () => {
        const sent = search();
        await delay(150);
        const waiting = rowExists(
          server,
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          [],
        );
        return Promise.all([waiting, sent]);
      });
      if (!succeeded(answer)) return isWaiting;
    }
    throw new Error("The budget recovered in every round.");
  },
};

/** Sends a batch that contains a long operation, with GET or POST. */
const batchOf = (title: string, method: "GET" | "POST", names: string): Attack => ({
  title,
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { status } = await send(
      `${server.url}/trpc/${names}?batch=1${method === "GET" ? "&input={}" : ""}`,
      {
        method,
        headers: {
          authorization: `Bearer ${admin.token}`,
          "x-workspace-id": id,
          ...(method === "POST" && { "content-type": "application/json" }),
        },
        ...(method === "POST" && { body: JSON.stringify({ 0: {}, 1: { name: "Looms" } }) }),
      },
    );
    return status === 200;
  },
});
const batchedQueries = batchOf(
  "one request runs two verifications of the audit log",
  "GET",
  "audit.verify,audit.verify",
);
const batchedMutations = batchOf(
  "one request runs an export of the audit log and another call",
  "POST",
  "audit.export,workspaces.rename",
);

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
    return (await duringTransaction(server, held, () => Promise.all([create(), create()]))).every(succeeded);
  },
};

const concurrentSameName: Attack = {
  title: "two concurrent calls create two projects of one name",
  tryOn: async (server) => {
    const here = await team(server);
    const findOrCreate = () => here.admin.call("projects.findOrCreate", { name: "Looms" }, here.id);
    const held = `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`;
    await duringTransaction(server, held, () => Promise.all([findOrCreate(), findOrCreate()]));
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
    const answers = await duringTransaction(server, "LOCK TABLE tasks", () =>
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

const proceduresFile = "apps/api/src/rpc/procedures.ts";
const roomFile = "apps/api/src/limits/quotas/task-capacity.ts";
const tenantFile = (noun: string) => `packages/db/src/tenant/${noun}.ts`;

const chargedBudget = guard(
  "the spent points count against the budget",
  "apps/api/src/limits/budgets/spending.ts",
  ["if (level + points > budget) {", "if (level < 0) {"],
);
const noCostlyPrefetch = guard("a costly query is not prefetched before it is charged", proceduresFile, [
  "price.isPlainRead && !limiter.isLimited(path)",
  "!limiter.isLimited(path)",
]);
const refusedBatch = guard("a batch with a long operation is refused", "apps/api/src/http/batches.ts", [
  `if (isRefusedBatch(names)) throw new Failure("batch.not_allowed");`,
  "",
]);
const refusedInFastPath = guard(
  "the fast path does not answer a batch with a long operation",
  "apps/api/src/fast-path/answer-calls.ts",
  ["if (isRefusedBatch(names)) return null;", ""],
);

export const cost: readonly Mutant[] = [
  { removed: [chargedBudget], succeeds: [accountAboveBudget, workspaceAboveBudget] },
  {
    removed: [
      guard("a call is charged to its workspace", proceduresFile, [
        `withBudget(ctx, { payer: { scope: "workspace", key: workspaceId }, price }, () =>
          next({ caller, grant, input }),
        ),`,
        "next({ caller, grant, input }),",
      ]),
    ],
    succeeds: [workspaceAboveBudget],
    stillBlocked: [accountAboveBudget, concurrentLongOperations],
  },
  {
    removed: [
      guard(
        "the concurrent long operations of one account are bounded",
        "apps/api/src/limits/budgets/concurrency-limit.ts",
        ["const all = isLong ? long : short;", "const all = 1_000;"],
      ),
    ],
    succeeds: [concurrentLongOperations],
    stillBlocked: [accountAboveBudget],
  },
  { removed: [noCostlyPrefetch], succeeds: [], stillBlocked: [nul, searchAboveBudget] },
  { removed: [noCostlyPrefetch, noPrefetchedSearch], succeeds: [searchAboveBudget], stillBlocked: [nul] },
  { removed: [noCostlyPrefetch, prefetchForm, noPrefetchedSearch], succeeds: [nul, searchAboveBudget] },
  { removed: [refusedBatch], succeeds: [batchedQueries, batchedMutations] },
  { removed: [refusedInFastPath], succeeds: [batchedQueries], stillBlocked: [batchedMutations] },
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
