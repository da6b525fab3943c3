// What comes in and what goes out: forms, sizes, answers; and what goes on record.
import { call, send } from "../../kit/index.ts";
import { as, exists, memberOf, stranger, team, worked } from "../attackers.ts";
import { guard, type Attack, type Mutant } from "../mutant.ts";

export const nul: Attack = {
  says: "a NUL is an error of the server",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return (await admin.call("tasks.list", { search: "a\0b" }, id)).status === 500;
  },
};

const surrogate: Attack = {
  says: "half a character is taken for text",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return worked(await admin.call("tasks.list", { search: "\ud800" }, id));
  },
};

export const deep: Attack = {
  says: "an input 20,000 levels deep is an error of the server",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const levels = 20_000;
    const body = `{"name":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${admin.token}`,
      "x-workspace-id": id,
    };
    return (
      (await send(`${server.url}/trpc/projects.create`, { method: "POST", headers, body })).status >= 500
    );
  },
};

const unknownField: Attack = {
  says: "a field that nobody knows is passed over",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return worked(await admin.call("projects.create", { name: "Notes", workspaceId: id }, id));
  },
};

const large: Attack = {
  says: "a body of 200 KB is read",
  tryOn: async (server) =>
    (await as(server, "nobody")("auth.signOut", { refreshToken: "x".repeat(200_000) })).status !== 413,
};

const crowd: Attack = {
  says: "eleven calls come in one request",
  tryOn: async ({ url }) => {
    const names = Array.from({ length: 11 }, () => "system.health").join(",");
    return (await send(`${url}/trpc/${names}?batch=1&input={}`)).status === 200;
  },
};

const changedByGet: Attack = {
  says: "a project is deleted by a GET",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { data } = await admin.call("projects.create", { name: "Notes" }, id);
    const input = encodeURIComponent(JSON.stringify({ id: String(data.id) }));
    const headers = { authorization: `Bearer ${admin.token}`, "x-workspace-id": id };
    await send(`${server.url}/trpc/projects.delete?input=${input}`, { headers });
    return !(await exists(server, "SELECT FROM projects WHERE id = $1", [String(data.id)]));
  },
};

const unsaid: Attack = {
  says: "a POST is answered that does not say that it is JSON",
  tryOn: async ({ url }) => worked(await send(`${url}/trpc/auth.signOut`, { method: "POST" })),
};

const noId: Attack = {
  says: "a workspace that is no id is an error of the server",
  tryOn: async (server) =>
    (await (await stranger(server)).call("projects.list", {}, "nonsense")).status === 500,
};

const talkative: Attack = {
  says: "a mistake of ours tells of a member what the contract does not",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return "id" in (await admin.call("members.list", {}, id)).data.items[0];
  },
};

const undeclared: Attack = {
  says: "a mistake of ours answers with a reason that the operation does not declare",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { error } = await admin.call("tasks.get", { id }, id);
    return error?.reason === "key.not_found";
  },
};

const formula: Attack = {
  says: "a spreadsheet finds a formula in the log",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const headers = { "user-agent": "=1+1;=2+2" };
    await call(server.url, "workspaces.rename", {
      input: { name: "Mine" },
      token: admin.token,
      workspaceId: id,
      headers,
    });
    const { data } = await admin.call("audit.export", { format: "csv" }, id);
    return /[,;]=\d/.test(String(data.text));
  },
};

const offRecord: Attack = {
  says: "a workspace is renamed off the record",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    await admin.call("workspaces.rename", { name: "Mine" }, id);
    return !(await exists(
      server,
      "SELECT FROM audit_logs WHERE workspace_id = $1 AND action = 'workspace.renamed'",
      [id],
    ));
  },
};

const quietly: Attack = {
  says: "what a member tried and may not do is on no record",
  tryOn: async (server) => {
    const here = await team(server);
    await (await memberOf(server, here, "viewer")).call("audit.list", {}, here.id);
    return !(await exists(server, "SELECT FROM audit_logs WHERE workspace_id = $1 AND outcome = 'denied'", [
      here.id,
    ]));
  },
};

const form = "apps/api/src/rpc/checks/input-form.ts";
const procedures = "apps/api/src/rpc/procedures.ts";
const layered = "apps/api/src/rpc/layered.ts";
const front = "apps/api/src/fast-path/answer-calls.ts";

const strip = guard("an answer is what the contract says", layered, [
  "return operation.output.parse(await resolve({ ctx, input: input.data }));",
  "return resolve({ ctx, input: input.data });",
]);
const tells = guard(
  "(a mistake is put in: a member's row is told)",
  "apps/api/src/features/members/member.ts",
  [
    "({ userId, email, role, createdAt }: MemberRow) => ({",
    "({ userId, email, role, createdAt, ...rest }: MemberRow) => ({ ...rest,",
  ],
);
const declared = guard("a reason is one that the operation declares", layered, [
  "if (allowed.includes(failure.reason)) return failure;",
  "if (allowed.length > 0) return failure;",
]);
const wrongReason = guard(
  "(a mistake is put in: another reason)",
  "apps/api/src/features/tasks/get-task.ts",
  ['new Failure("task.not_found")', 'new Failure("key.not_found")'],
);

export const formAhead = guard(
  "what is asked ahead has the form of an input",
  "apps/api/src/rpc/checks/prefetch.ts",
  ["checkForm(raw);", ""],
);
export const noSearchAhead = guard("a search is not asked ahead", "apps/api/src/rpc/checks/prefetch.ts", [
  "query && !query.isHeavy ?",
  "question ?",
]);

export const tooDeep = guard("an input is 32 levels deep at most", form, [
  "if (depth >= DEEPEST)",
  "if (false)",
]);

export const input: readonly Mutant[] = [
  { without: [guard("text has no NUL", form, ['if (text.includes("\\0"))', "if (false)"])], works: [nul] },
  {
    without: [guard("text is Unicode", form, ["if (!text.isWellFormed())", "if (false)"])],
    works: [surrogate],
  },
  // Each level is a value, so the bound on values stops this too: a mutant of the passwords takes out both.
  { without: [tooDeep], works: [], refused: [deep] },
  {
    without: [
      guard("an input has no other fields", "packages/contract/src/operations/projects.ts", [
        "input: z.strictObject({ name }),",
        "input: z.object({ name }),",
      ]),
    ],
    works: [unknownField],
  },
  {
    without: [
      guard("a body is 100 KB at most", "apps/api/src/http/app.ts", ["bodyLimit: LARGEST_BODY_BYTES,", ""]),
    ],
    works: [large],
  },
  {
    without: [
      guard("a batch is ten calls at most, by tRPC's adapter", "apps/api/src/http/rpc-routes.ts", [
        "maxBatchSize: LARGEST_BATCH,",
        "",
      ]),
    ],
    works: [crowd],
  },
  {
    without: [
      guard("a batch is ten calls at most, by our front", front, ["names.length > LARGEST_BATCH ||", ""]),
    ],
    works: [crowd],
  },
  {
    without: [
      guard("an operation is called by the method of its kind", front, [
        "kinds.get(name) === type",
        "kinds.has(name)",
      ]),
    ],
    works: [changedByGet],
  },
  {
    without: [
      guard("what is posted says that it is JSON", front, [
        '(contentType === undefined) !== (type === "query")',
        "false",
      ]),
    ],
    works: [unsaid],
  },
  // A search may hold a NUL. It is not prefetched for two reasons; a mutant of the costs takes out all three guards.
  { without: [formAhead], works: [], refused: [nul] },
  { without: [noSearchAhead], works: [], refused: [nul] },
  {
    without: [
      guard("what is no id is not asked for", "apps/api/src/rpc/context.ts", [
        "workspaceId !== null && UUID.test(workspaceId) ? workspaceId : null",
        "workspaceId",
      ]),
    ],
    works: [noId],
  },
  { without: [strip], works: [], refused: [talkative] },
  { without: [tells], works: [], refused: [talkative] },
  { without: [strip, tells], works: [talkative] },
  { without: [declared], works: [], refused: [undeclared] },
  { without: [wrongReason], works: [], refused: [undeclared] },
  { without: [declared, wrongReason], works: [undeclared] },
  {
    without: [
      guard("a cell is no formula", "apps/api/src/features/audit/csv.ts", [
        'value.replaceAll(FORMULAS, "$1\'")',
        "value",
      ]),
    ],
    works: [formula],
  },
  {
    without: [
      guard("what was done is appended to the log", "apps/api/src/rpc/audit.ts", [
        "if (entries.length > 0) tables.sql.audit.appendAtCommit(entries);",
        "",
      ]),
    ],
    works: [offRecord],
    refused: [quietly],
  },
  {
    without: [
      guard("what was refused is on record", procedures, [
        "await db.recordDenial(member.workspaceId,",
        "void (member.workspaceId,",
      ]),
    ],
    works: [quietly],
    refused: [offRecord],
  },
];
