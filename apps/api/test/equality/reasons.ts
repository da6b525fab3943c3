// A request that fails with it, for every error reason.
import { randomUUID } from "node:crypto";
import { operations, reasons, type Reason } from "@projostack/contract";
import { again, arriveUnverified, join, password, startSession } from "../kit/index.ts";
import { namingFields, withValue } from "../proofs/naming-fields.ts";
import type { Provoke } from "../resources/fixture.ts";
import { fixtures, inputOf, type Scene } from "../resources/index.ts";
import { formatRefreshToken } from "../../src/identity/tokens/tokens.ts";
import { claimOf, messageOf } from "../../src/rpc/idempotency/idempotency-key.ts";
import type { Sent } from "./exchange.ts";
import type { CallerSet } from "./caller-set.ts";
import { oneMemberTooMany, oneProjectTooMany, oneTaskTooMany } from "./full-workspaces.ts";
import { requestOf } from "./requests.ts";

const kindOf = (name: string) =>
  operations.find((one) => one.name === name)?.operation.kind === "query" ? "query" : "mutation";

/** Returns a request of the admin in their workspace. */
const asAdmin =
  (name: string, inputFor: (scene: Scene, callerSet: CallerSet) => unknown, workspaceId?: string): Provoke =>
  async ({ both, callerSet, scene }) => {
    const { token } = await again(both, callerSet.admin);
    return requestOf(kindOf(name), name, inputFor(scene, callerSet), {
      token,
      workspaceId: workspaceId ?? callerSet.homeId,
    });
  };

const byNobody =
  (name: string, input: unknown): Provoke =>
  () =>
    requestOf(kindOf(name), name, input);

const withKey = (sent: Sent, key: string): Sent => ({
  ...sent,
  headers: { ...sent.headers, "idempotency-key": key },
});

const absent = "0190a6f0-0000-7000-8000-00000000abcd";

/** Null for a reason that only a fault of the server causes. */
const common: Readonly<Partial<Record<Reason, Provoke | null>>> = {
  "request.malformed": () => ({ method: "GET", path: "/trpc/%zz", headers: {} }),
  // A client that is too slow causes it. A test of slow clients sends it.
  "request.timeout": null,
  "request.url_too_long": () => ({ method: "GET", path: `/trpc/${"x".repeat(17_000)}`, headers: {} }),
  "request.headers_too_large": () => ({
    method: "GET",
    path: "/trpc/system.health",
    headers: { "x-more": "x".repeat(17_000) },
  }),
  "request.expectation": () => ({
    method: "GET",
    path: "/trpc/system.health",
    headers: { expect: "wonders" },
  }),
  "request.cross_site": () => ({
    method: "GET",
    path: "/trpc/auth.me",
    headers: { "x-session": "cookie", origin: "https://evil.example" },
  }),
  "session.mode_invalid": () => ({
    method: "GET",
    path: "/trpc/auth.me",
    headers: { "x-session": "cookie", authorization: "Bearer pja_" },
  }),
  "input.malformed": () => ({ ...requestOf("mutation", "auth.signIn", undefined), body: "{" }),
  "input.invalid": byNobody("auth.signIn", {}),
  "input.too_large": byNobody("auth.signIn", { email: "x".repeat(103_000) }),
  "input.media_type": () => ({
    ...requestOf("mutation", "auth.signIn", {}),
    headers: { "content-type": "text/plain" },
  }),
  "input.encoding": () => ({
    ...requestOf("mutation", "auth.signIn", {}),
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
  }),
  "cursor.invalid": asAdmin("tasks.list", () => ({ cursor: "A".repeat(43) })),
  "checkpoint.invalid": asAdmin("audit.verify", () => ({
    checkpoint: { text: "{}", signature: "x", keyId: "x" },
  })),
  "batch.not_allowed": () => requestOf("query", ["audit.verify", "tasks.list"], {}),
  "batch.too_large": () =>
    requestOf(
      "query",
      Array.from({ length: 11 }, () => "system.health"),
      {},
    ),
  "batch.mixed": () => requestOf("query", ["system.health", "auth.signOut"], {}),
  "idempotency.key_invalid": () => withKey(requestOf("mutation", "auth.signOut", {}), "not a key"),
  // A call that has not ended causes it. test/idempotency holds a lock.
  "idempotency.in_progress": null,
  "idempotency.key_reused": async (stage) => {
    const key = randomUUID();
    const owner = { workspaceId: stage.callerSet.homeId, actor: `user:${stage.callerSet.admin.id}` } as const;
    const claim = { key: { text: key, position: 0 }, owner, message: messageOf("another", {}) };
    const { id, fingerprint } = claimOf(stage.both.keys, claim);
    await stage.both.database.owner(
      "INSERT INTO idempotency_keys (workspace_id, id, fingerprint) VALUES ($1, $2, $3)",
      [owner.workspaceId, id, fingerprint],
    );
    return withKey(await asAdmin("projects.create", () => ({ name: "Looms" }))(stage), key);
  },
  "operation.not_found": byNobody("tasks.got", {}),
  "operation.wrong_method": () => requestOf("query", "auth.signIn", {}),
  "auth.unauthenticated": byNobody("tasks.list", {}),
  "auth.invalid_credentials": byNobody("auth.signIn", { email: "nobody@example.com", password }),
  "auth.email_taken": ({ callerSet }) =>
    requestOf("mutation", "auth.signUp", { email: callerSet.admin.email, password }),
  "auth.token_reused": async ({ both, callerSet }) => {
    const { sessionId } = await startSession(both, callerSet.member.id);
    const [row] = await both.database.owner<{ salt: Uint8Array }>(
      "UPDATE sessions SET generation = 3 WHERE id = $1 RETURNING salt",
      [sessionId],
    );
    if (!row) throw new Error("There is no such session.");
    const refreshToken = formatRefreshToken(both.keys, row.salt, { sessionId, generation: 1 });
    return requestOf("mutation", "auth.refresh", { refreshToken });
  },
  "auth.email_unverified": async ({ both, callerSet }) => {
    const fresh = await arriveUnverified(both, `fresh-${randomUUID()}`);
    await join(both, callerSet.elsewhereId, fresh, "admin");
    const input = { email: "stranger@example.com" };
    return requestOf("mutation", "invites.create", input, {
      token: fresh.token,
      workspaceId: callerSet.elsewhereId,
    });
  },
  "auth.person_required": async ({ callerSet }) =>
    requestOf("query", "auth.me", {}, { token: await callerSet.callers["key"]?.() }),
  "token.invalid": byNobody("email.verify", { token: `pjo_${"A".repeat(67)}` }),
  "password.incorrect": asAdmin("password.change", () => ({
    currentPassword: `${password}?`,
    newPassword: `${password}!`,
  })),
  "limit.exceeded": ({ callerSet }) =>
    requestOf("mutation", "password.requestReset", { email: callerSet.viewer.email }),
  "workspace.required": async ({ both, callerSet }) =>
    requestOf("query", "tasks.list", {}, { token: (await again(both, callerSet.admin)).token }),
  "workspace.not_found": asAdmin("tasks.list", () => ({}), absent),
  "permission.denied": async ({ both, callerSet }) =>
    requestOf(
      "query",
      "audit.list",
      {},
      { token: (await again(both, callerSet.viewer)).token, workspaceId: callerSet.homeId },
    ),
  "member.last_admin": asAdmin("members.changeRole", (_, { admin }) => ({
    userId: admin.id,
    role: "viewer",
  })),
  "member.too_many": oneMemberTooMany,
  "invite.exists": asAdmin("invites.create", ({ inviteId }) => ({ email: `${inviteId}@example.com` })),
  "invite.already_member": asAdmin("invites.create", (_, { member }) => ({ email: member.email })),
  "invite.too_many": async (stage) => {
    await stage.both.database.owner(
      `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
       SELECT gen_random_uuid(), $1, nth || '@many.example.com', 'viewer', sha256(nth::text::bytea), sha256(concat(nth, '!')::bytea), $2,
              now() + interval '1 day' FROM generate_series(1, 1000) AS nth`,
      [stage.callerSet.homeId, stage.callerSet.admin.id],
    );
    return asAdmin("invites.create", () => ({ email: `${randomUUID()}@example.com` }))(stage);
  },
  "invite.invalid": byNobody("invites.preview", { token: `pji_${"A".repeat(43)}` }),
  "key.too_many": async (stage) => {
    await stage.both.database.owner(
      `INSERT INTO service_keys (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
       SELECT gen_random_uuid(), $1, 'Many', 'viewer', '{task:read}', 1, sha256(nth::text::bytea), $2, now() + interval '1 day'
         FROM generate_series(1, 100) AS nth`,
      [stage.callerSet.homeId, stage.callerSet.admin.id],
    );
    return asAdmin("serviceKeys.create", () => ({ name: "Mill", scopes: ["task:read"] }))(stage);
  },
  "project.ambiguous": async (stage) => {
    await stage.both.database.owner(
      `INSERT INTO projects (id, workspace_id, name, created_by)
       SELECT ('00000000-0000-4000-8000-00000000000' || nth)::uuid, $1, 'Twin', $2 FROM generate_series(1, 2) AS nth
       ON CONFLICT DO NOTHING`,
      [stage.callerSet.homeId, stage.callerSet.admin.id],
    );
    return asAdmin("projects.findOrCreate", () => ({ name: "Twin" }))(stage);
  },
  "key.too_many_tokens": async (stage) => {
    await stage.both.database.owner(
      `UPDATE service_keys SET earlier_kids = array_fill(1, ARRAY[20]), earlier_macs = array_fill(sha256('x'), ARRAY[20]),
              earlier_expire_at = array_fill(now() + interval '1 hour', ARRAY[20]) WHERE workspace_id = $1`,
      [stage.callerSet.homeId],
    );
    return asAdmin("serviceKeys.rotate", ({ keyId }) => ({ id: keyId }))(stage);
  },
  "project.too_many": oneProjectTooMany,
  "project.not_found": asAdmin("tasks.create", () => ({ projectId: absent, title: "Note" })),
  "task.too_many": oneTaskTooMany,
  // Only a fault causes these reasons. Other tests cause the faults; server.internal would need a bug.
  "server.busy": null,
  "server.unavailable": null,
  "server.internal": null,
};

/** Fails with `<thing>.not_found`: an operation that declares this reason is sent an absent id of the thing. */
function absentThing(reason: string): Provoke | undefined {
  const [thing = ""] = reason.split(".");
  const field = namingFields.find(
    (one) =>
      one.thing === thing &&
      operations.some(({ name, operation }) =>
        name === one.operation ? operation.errors.some((error) => error === reason) : false,
      ),
  );
  if (!field || !reason.endsWith(".not_found")) return undefined;
  return asAdmin(field.operation, (scene) => withValue(inputOf(field.operation, scene), field.path, absent));
}

const ofResources = Object.assign(
  {},
  ...[...fixtures.values()].map((fixture) => fixture.reasons ?? {}),
) as typeof common;

/** A request for every error reason. @throws Error when there is none for a reason */
export const provocations: readonly { readonly reason: Reason; readonly provoke: Provoke | null }[] = (
  Object.keys(reasons) as Reason[]
).map((reason) => {
  const provoke = { ...common, ...ofResources }[reason] ?? absentThing(reason);
  if (provoke === undefined && common[reason] !== null)
    throw new Error(
      `No request fails with ${reason}. Add one to \`reasons\` of the resource's fixture in apps/api/test/resources.`,
    );
  return { reason, provoke: provoke ?? null };
});
