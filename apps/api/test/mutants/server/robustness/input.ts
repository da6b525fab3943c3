// Mutants of the checks on inputs, answers and audit entries.
import { call, send } from "../../../kit/index.ts";
import { as, rowExists, memberOf, newUser, team, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

export const nul: Attack = {
  title: "a NUL character in text causes a 500",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return (await admin.call("tasks.list", { search: "a\0b" }, id)).status === 500;
  },
};

const surrogate: Attack = {
  title: "an unpaired surrogate is accepted as text",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return succeeded(await admin.call("tasks.list", { search: "\ud800" }, id));
  },
};

export const deep: Attack = {
  title: "an input 20,000 levels deep causes a 5xx",
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
  title: "an unknown field is ignored",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return succeeded(await admin.call("projects.create", { name: "Notes", workspaceId: id }, id));
  },
};

const large: Attack = {
  title: "a body of 200 KB is accepted",
  tryOn: async (server) =>
    (await as(server, "nobody")("auth.signOut", { refreshToken: "x".repeat(200_000) })).status !== 413,
};

const largeBatch: Attack = {
  title: "eleven calls are accepted in one request",
  tryOn: async ({ url }) => {
    const names = Array.from({ length: 11 }, () => "system.health").join(",");
    return (await send(`${url}/trpc/${names}?batch=1&input={}`)).status === 200;
  },
};

const changedByGet: Attack = {
  title: "a GET request deletes a project",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { data } = await admin.call("projects.create", { name: "Notes" }, id);
    const input = encodeURIComponent(JSON.stringify({ id: String(data.id) }));
    const headers = { authorization: `Bearer ${admin.token}`, "x-workspace-id": id };
    await send(`${server.url}/trpc/projects.delete?input=${input}`, { headers });
    return !(await rowExists(server, "SELECT FROM projects WHERE id = $1", [String(data.id)]));
  },
};

const withoutContentType: Attack = {
  title: "a POST without a content type is accepted",
  tryOn: async ({ url }) => succeeded(await send(`${url}/trpc/auth.signOut`, { method: "POST" })),
};

const malformedWorkspace: Attack = {
  title: "a workspace id that is not a UUID causes a 500",
  tryOn: async (server) =>
    (await (await newUser(server)).call("projects.list", {}, "nonsense")).status === 500,
};

const extraField: Attack = {
  title: "an answer contains a field that the contract does not declare",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return "id" in (await admin.call("members.list", {}, id)).data.items[0];
  },
};

const undeclaredReason: Attack = {
  title: "an error contains a reason that the operation does not declare",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { error } = await admin.call("tasks.get", { id }, id);
    return error?.reason === "key.not_found";
  },
};

const formula: Attack = {
  title: "an exported audit log contains a formula",
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

const unrecordedRename: Attack = {
  title: "the renaming of a workspace leaves no audit entry",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    await admin.call("workspaces.rename", { name: "Mine" }, id);
    return !(await rowExists(
      server,
      "SELECT FROM audit_logs WHERE workspace_id = $1 AND action = 'workspace.renamed'",
      [id],
    ));
  },
};

const unrecordedDenial: Attack = {
  title: "a denied call leaves no audit entry",
  tryOn: async (server) => {
    const here = await team(server);
    await (await memberOf(server, here, "viewer")).call("audit.list", {}, here.id);
    return !(await rowExists(
      server,
      "SELECT FROM audit_logs WHERE workspace_id = $1 AND outcome = 'denied'",
      [here.id],
    ));
  },
};

const formFile = "apps/api/src/rpc/checks/check-input-structure.ts";
const procedureBuilderFile = "apps/api/src/rpc/procedure-builder.ts";
const fastPathFile = "apps/api/src/fast-path/answer-calls.ts";

const outputSchema = guard("an answer is parsed by the output schema of the contract", procedureBuilderFile, [
  ": operation.output.parse(answer);",
  ": answer;",
]);
const mistakeExtraField = guard(
  "(inserted mistake: the whole row of a member is returned)",
  "apps/api/src/features/members/member.ts",
  [
    "({ userId, email, role, createdAt }: MemberRow) => ({",
    "({ userId, email, role, createdAt, ...rest }: MemberRow) => ({ ...rest,",
  ],
);
const declaredReasons = guard("an undeclared reason is replaced", procedureBuilderFile, [
  "if (allowed.includes(failure.reason)) return failure;",
  "if (allowed.length > 0) return failure;",
]);
const mistakeWrongReason = guard(
  "(inserted mistake: another reason is thrown)",
  "apps/api/src/features/tasks/get-task.ts",
  ['new Failure("task.not_found")', 'new Failure("key.not_found")'],
);

export const prefetchForm = guard(
  "the form of the input is checked before a prefetch",
  "apps/api/src/rpc/checks/prefetch.ts",
  ["checkInputStructure(raw);", ""],
);
export const noPrefetchedSearch = guard("a search is not prefetched", "apps/api/src/rpc/checks/prefetch.ts", [
  "query && !query.isHeavy ?",
  "query ?",
]);

export const boundedDepth = guard("the depth of an input is limited to 32 levels", formFile, [
  "if (depth >= MAX_DEPTH)",
  "if (false)",
]);

const batchSize = guard("a batch of more than ten calls is refused", "apps/api/src/http/batches.ts", [
  'if (names.length > MAX_BATCH_CALLS) throw new Failure("batch.too_large");',
  "",
]);
const adapterBatchSize = guard(
  "tRPC's adapter limits a batch to ten calls",
  "apps/api/src/http/rpc-routes.ts",
  ["maxBatchSize: MAX_BATCH_CALLS,", ""],
);

export const input: readonly Mutant[] = [
  {
    removed: [
      guard("a NUL character in text is rejected", formFile, ['if (text.includes("\\0"))', "if (false)"]),
    ],
    succeeds: [nul],
  },
  {
    removed: [
      guard("malformed Unicode in text is rejected", formFile, ["if (!text.isWellFormed())", "if (false)"]),
    ],
    succeeds: [surrogate],
  },
  // Each level is a value, so the bound on values prevents this attack too. A mutant in passwords.ts removes both.
  { removed: [boundedDepth], succeeds: [], stillBlocked: [deep] },
  {
    removed: [
      guard("unknown fields are rejected", "packages/contract/src/operations/projects.ts", [
        "input: z.strictObject({ name }),\n    output: project,",
        "input: z.object({ name }),\n    output: project,",
      ]),
    ],
    succeeds: [unknownField],
  },
  {
    removed: [
      guard("the size of a body is limited to 100 KB", "apps/api/src/http/app.ts", [
        "bodyLimit: MAX_BODY_BYTES,",
        "",
      ]),
    ],
    succeeds: [large],
  },
  { removed: [batchSize], succeeds: [], stillBlocked: [largeBatch] },
  { removed: [adapterBatchSize], succeeds: [], stillBlocked: [largeBatch] },
  { removed: [batchSize, adapterBatchSize], succeeds: [largeBatch] },
  {
    removed: [
      guard("the fast path limits a batch to ten calls", fastPathFile, [
        "names.length > MAX_BATCH_CALLS ||",
        "",
      ]),
    ],
    succeeds: [largeBatch],
  },
  {
    removed: [
      guard("the HTTP method must match the kind of the operation", fastPathFile, [
        "kinds.get(name) === type",
        "kinds.has(name)",
      ]),
    ],
    succeeds: [changedByGet],
  },
  {
    removed: [
      guard("a POST requires a JSON content type", fastPathFile, [
        '(contentType === undefined) !== (type === "query")',
        "false",
      ]),
    ],
    succeeds: [withoutContentType],
  },
  // A search can contain a NUL. Three checks prevent its prefetch; a mutant in cost.ts removes all three.
  { removed: [prefetchForm], succeeds: [], stillBlocked: [nul] },
  { removed: [noPrefetchedSearch], succeeds: [], stillBlocked: [nul] },
  {
    removed: [
      guard("a workspace id that is not a UUID is ignored", "apps/api/src/rpc/context.ts", [
        "workspaceId !== null && UUID.test(workspaceId) ? workspaceId : null",
        "workspaceId",
      ]),
    ],
    succeeds: [malformedWorkspace],
  },
  { removed: [outputSchema], succeeds: [], stillBlocked: [extraField] },
  { removed: [mistakeExtraField], succeeds: [], stillBlocked: [extraField] },
  { removed: [outputSchema, mistakeExtraField], succeeds: [extraField] },
  { removed: [declaredReasons], succeeds: [], stillBlocked: [undeclaredReason] },
  { removed: [mistakeWrongReason], succeeds: [], stillBlocked: [undeclaredReason] },
  { removed: [declaredReasons, mistakeWrongReason], succeeds: [undeclaredReason] },
  {
    removed: [
      guard("formulas in CSV cells are neutralised", "apps/api/src/features/audit/csv.ts", [
        'value.replaceAll(FORMULAS, "$1\'")',
        "value",
      ]),
    ],
    succeeds: [formula],
  },
  {
    removed: [
      guard("the audit entries of a call are appended", "apps/api/src/rpc/audit.ts", [
        "if (entries.length > 0) tables.sql.audit.appendAtCommit(entries);",
        "",
      ]),
    ],
    succeeds: [unrecordedRename],
    stillBlocked: [unrecordedDenial],
  },
  {
    removed: [
      guard("a denied call is recorded", "apps/api/src/rpc/record-denial.ts", [
        "await db.recordDenial(member.workspaceId,",
        "void (member.workspaceId,",
      ]),
    ],
    succeeds: [unrecordedDenial],
    stillBlocked: [unrecordedRename],
  },
];
