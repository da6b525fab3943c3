// What calls cost: budgets, what runs at once, batches of long operations, and quotas.
import { setTimeout as delay } from "node:timers/promises";
import { send, type Person, type TestServer } from "../../kit/index.ts";
import {
  exists,
  inviteFor,
  keyOf,
  meanwhile,
  memberOf,
  stranger,
  type Team,
  team,
  verify,
  worked,
} from "../attackers.ts";
import { guard, type Attack, type Mutant } from "../mutant.ts";
import { formAhead, noSearchAhead, nul } from "./input.ts";

/** For the servers of the mutants: quotas that an attack can come to. */
export const quotasOfMutants = {
  PROJO_QUOTA_PROJECTS: "300",
  PROJO_QUOTA_TASKS: "300",
  PROJO_QUOTA_MEMBERS: "30",
};

/** A call of 1,505 points. */
const dear = { limit: 10_000 };

const spendsMore: Attack = {
  says: "an account spends more than its budget of a minute",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return worksEachTime(admin, id, 40);
  },
};

const spendsMoreTogether: Attack = {
  says: "the members of a workspace together spend more than its budget of a minute",
  tryOn: async (server) => {
    const here = await team(server);
    for (let n = 0; n < 5; n += 1) {
      const member = await memberOf(server, here, "admin");
      if (!(await worksEachTime(member, here.id, 32))) return false;
    }
    return true;
  },
};

async function worksEachTime(person: Person, workspaceId: string, times: number): Promise<boolean> {
  for (let n = 0; n < times; n += 1) {
    if (!worked(await person.call("audit.verify", dear, workspaceId))) return false;
  }
  return true;
}

const manyAtOnce: Attack = {
  says: "six long operations of one account run at once",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const held = "LOCK TABLE audit_logs";
    const waiting = await meanwhile(server, held, async () => {
      const calls = Array.from({ length: 6 }, () => admin.call("audit.verify", {}, id));
      await delay(200);
      const [row] = await server.database.owner<{ many: number }>(
        `SELECT count(*)::int AS many FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      await Promise.all(calls);
      return row?.many ?? 0;
    });
    return waiting > 1;
  },
};

const searchesForNothing: Attack = {
  says: "a search is read for an account whose budget is spent",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    await worksEachTime(admin, id, 39);
    await admin.call("audit.verify", { limit: 8_000 }, id);
    const search = () => admin.call("tasks.list", { search: "a" }, id);
    while (worked(await search()));
    return meanwhile(server, "LOCK TABLE tasks", async () => {
      const refused = search();
      await delay(150);
      const isWaiting = exists(
        server,
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        [],
      );
      return (await Promise.all([isWaiting, refused]))[0];
    });
  },
};

/** A batch with a long operation in it, by either method. */
const batched = (says: string, method: "GET" | "POST", names: string): Attack => ({
  says,
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
const batchedQueries = batched("two checks of the log in one request", "GET", "audit.verify,audit.verify");
const batchedMutations = batched(
  "an export of the log in one request with another call",
  "POST",
  "audit.export,workspaces.rename",
);

const fill = (server: TestServer, table: "projects" | "tasks", { id, admin }: Team, many: number) =>
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
    [id, admin.id, many],
  );

const oneProjectTooMany: Attack = {
  says: "a workspace has one project more than its quota",
  tryOn: async (server) => {
    const here = await team(server);
    await fill(server, "projects", here, 299);
    const create = () => here.admin.call("projects.create", { name: "Looms" }, here.id);
    return [await create(), await create()].every(worked);
  },
};

const twoProjectsAtOnce: Attack = {
  says: "of two projects that are made at once both take the last place",
  tryOn: async (server) => {
    const here = await team(server);
    await fill(server, "projects", here, 299);
    const create = () => here.admin.call("projects.create", { name: "Looms" }, here.id);
    const held = `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`;
    return (await meanwhile(server, held, () => Promise.all([create(), create()]))).every(worked);
  },
};

const oneTaskTooMany: Attack = {
  says: "a workspace has one task more than its quota",
  tryOn: async (server) => {
    const here = await team(server);
    const [project] = await fill(server, "tasks", here, 300);
    return worked(await here.admin.call("tasks.create", { projectId: project?.id, title: "Note" }, here.id));
  },
};

const manyTasksAtOnce: Attack = {
  says: "of five tasks that are made at once several take the last place",
  tryOn: async (server) => {
    const here = await team(server);
    const [project] = await fill(server, "tasks", here, 299);
    const input = { projectId: project?.id, title: "Note" };
    const create = () => here.admin.call("tasks.create", input, here.id);
    // All of them wait for the same count.
    const answers = await meanwhile(server, "LOCK TABLE tasks", () =>
      Promise.all([create(), create(), create(), create(), create()]),
    );
    return answers.filter(worked).length > 1;
  },
};

const oneMemberTooMany: Attack = {
  says: "a workspace has one member more than its quota",
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
    const guest = await stranger(server);
    await verify(server, guest);
    const { token } = await inviteFor(server, here, guest);
    return worked(await guest.call("invites.accept", { token }));
  },
};

/** Of a workspace with as many pending invites as there may be, and one that has expired. */
const inviteTooMany = (says: string, tryIt: "create" | "resend"): Attack => ({
  says,
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
    const input = tryIt === "create" ? { email: `other-${here.id}@example.com` } : { id: expired.id };
    return worked(await here.admin.call(`invites.${tryIt}`, input, here.id));
  },
});
const createsInvite = inviteTooMany("a workspace has one pending invite more than its quota", "create");
const resendsInvite = inviteTooMany("an expired invite is pending again beyond the quota", "resend");

/** Of a workspace with as many active keys as there may be, and one that has expired. */
const keyTooMany = (says: string, tryIt: "create" | "rotate"): Attack => ({
  says,
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
    const input = tryIt === "create" ? { name: "Mill", scopes: ["task:read"] } : { id: expired.id };
    await here.admin.call(`serviceKeys.${tryIt}`, input, here.id);
    return exists(
      server,
      `SELECT FROM service_keys WHERE workspace_id = $1 AND expires_at > now() HAVING count(*) > 100`,
      [here.id],
    );
  },
});
const createsKey = keyTooMany("a workspace has one active key more than its quota", "create");
const rotatesKey = keyTooMany("an expired key is active again beyond the quota", "rotate");

const procedures = "apps/api/src/rpc/procedures.ts";
const room = "apps/api/src/limits/quotas/task-capacity.ts";
const tenant = (noun: string) => `packages/db/src/tenant/${noun}.ts`;

const counted = guard("what was spent counts against the budget", "apps/api/src/limits/budgets/spending.ts", [
  "if (level + points > budget) {",
  "if (level < 0) {",
]);
const notAhead = guard("what is costly is not read before its price is paid", procedures, [
  "price.isPlainRead && !limiter.isLimited(path)",
  "!limiter.isLimited(path)",
]);
const refusedBatch = guard("a batch with a long operation is refused", "apps/api/src/http/batches.ts", [
  `if (query.get("batch") === "1") throw new Failure("batch.not_allowed");`,
  "",
]);
const seenInFront = guard(
  "a batch of queries with a long operation is not answered in front",
  "apps/api/src/fast-path/answer-calls.ts",
  ["if (isRefusedBatch(names)) return null;", ""],
);

export const cost: readonly Mutant[] = [
  { without: [counted], works: [spendsMore, spendsMoreTogether] },
  {
    without: [
      guard("a call is charged to its workspace too", procedures, [
        `withBudget(ctx, { payer: { scope: "workspace", key: workspaceId }, price }, () =>
          next({ caller, grant, input }),
        ),`,
        "next({ caller, grant, input }),",
      ]),
    ],
    works: [spendsMoreTogether],
    refused: [spendsMore, manyAtOnce],
  },
  {
    without: [
      guard(
        "only so many long operations of one account run at once",
        "apps/api/src/limits/budgets/concurrency-limit.ts",
        ["const all = isLong ? long : short;", "const all = 1_000;"],
      ),
    ],
    works: [manyAtOnce],
    refused: [spendsMore],
  },
  { without: [notAhead], works: [], refused: [nul, searchesForNothing] },
  { without: [notAhead, noSearchAhead], works: [searchesForNothing], refused: [nul] },
  { without: [notAhead, formAhead, noSearchAhead], works: [nul, searchesForNothing] },
  { without: [refusedBatch], works: [batchedQueries, batchedMutations] },
  { without: [seenInFront], works: [batchedQueries], refused: [batchedMutations] },
  {
    without: [
      guard("the projects of a workspace are counted", tenant("projects"), [
        "(SELECT count(*) FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}) < $4::bigint",
        "$4::bigint > 0",
      ]),
    ],
    works: [oneProjectTooMany, twoProjectsAtOnce],
  },
  {
    without: [
      guard("projects are made one after the other", "apps/api/src/features/projects/projects.router.ts", [
        "workspaceProcedure(c.create, { lockMembers: true })",
        "workspaceProcedure(c.create)",
      ]),
    ],
    works: [twoProjectsAtOnce],
    refused: [oneProjectTooMany],
  },
  {
    without: [
      guard("no task is made where there is no room", room, [
        "if (known.tasks + requested > quota) return null;",
        "",
      ]),
    ],
    works: [oneTaskTooMany, manyTasksAtOnce],
  },
  {
    without: [guard("room is reserved before tasks are made", room, ["known.tasks += requested;", ""])],
    works: [manyTasksAtOnce],
    refused: [oneTaskTooMany],
  },
  {
    without: [
      guard("the members of a workspace are counted", "apps/api/src/features/invites/accept-invite.ts", [
        `if (joined && membersBefore >= quotas.members) throw new Failure("member.too_many");`,
        "",
      ]),
    ],
    works: [oneMemberTooMany],
  },
  {
    without: [
      guard("pending invites are counted", tenant("invites"), [
        "seen.pending < ${most}::bigint AND",
        "${most}::bigint > 0 AND",
      ]),
    ],
    works: [createsInvite],
    refused: [resendsInvite],
  },
  {
    without: [
      guard("an expired invite is sent again only where there is room", tenant("invites"), [
        "AND NOT asked.is_full",
        "",
      ]),
    ],
    works: [resendsInvite],
    refused: [createsInvite],
  },
  {
    without: [
      guard("active keys are counted", tenant("service-keys"), [
        "WHERE (SELECT count(*) FROM service_keys WHERE revoked_at IS NULL AND expires_at > now()) < ${most}::bigint\n      RETURNING",
        "WHERE ${most}::bigint > 0\n      RETURNING",
      ]),
    ],
    works: [createsKey],
    refused: [rotatesKey],
  },
  {
    without: [
      guard("an expired key is rotated only where there is room", tenant("service-keys"), [
        "AND (k.expires_at > now() OR (SELECT count(*) FROM service_keys WHERE revoked_at IS NULL AND expires_at > now()) < ${most}::bigint)",
        "AND ${most}::bigint > 0",
      ]),
    ],
    works: [rotatesKey],
    refused: [createsKey],
  },
];
