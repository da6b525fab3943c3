// The access layers of a call: public, session, permission, workspace and admin. The types accept an operation only in the
// layer that its declared access requires. The cast connects the type of the workspace to the kind of the operation.
import {
  authorize,
  type AdminPermission,
  type Grant,
  type Membership,
  type Permission,
} from "@projostack/authz";
import type { Kind, Operation } from "@projostack/contract";
import type { Device } from "@projostack/db";
import type { z } from "zod";
import { type Prefetch, createPrefetch, prefetchPosition, type PrepareQuery } from "./checks/prefetch.ts";
import { originOf } from "./audit.ts";
import { accountOf, keyOwnerOf, membershipOf, payerOf, type Caller, type Person } from "./caller.ts";
import type { Context } from "./context.ts";
import { createCursors } from "./cursors.ts";
import { asFailure, Failure } from "./failures/failure.ts";
import { checkInputStructure } from "./checks/check-input-structure.ts";
import { buildProcedure, type ProcedureBuilder } from "./procedure-builder.ts";
import type { Call } from "./call.ts";
import { authenticate } from "./checks/authenticate.ts";
import { accountIn, withRateLimit, targetIn } from "./checks/with-rate-limit.ts";
import { withBudget, priceOf } from "./checks/with-budget.ts";
import { recordDenial } from "./record-denial.ts";
import type { AnswerOfRow, Once } from "./idempotency/once.ts";
import { runBeforeAccess, runOnce } from "./idempotency/run-once.ts";
import type { Services } from "./services.ts";
import { runInWorkspace, type ReadWs, type Ws } from "./ws.ts";

export { CookieAnswer, createCallerFactory, router } from "./procedure-builder.ts";

interface PublicOptions {
  /** Whether the function uses the idempotency key itself. By default the key is used if the answer is replayed. */
  readonly usesKey?: boolean;
}

/** A procedure for any caller, without authentication. */
export const publicProcedure = <K extends Kind, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, "public", I, O>,
  { usesKey = operation.repetition === "replayed" }: PublicOptions = {},
): ProcedureBuilder<K, Context, I, O> =>
  buildProcedure(operation, async (call, proceed) => {
    const { ctx, path, getRawInput } = call;
    const input = await getRawInput();
    // The workspace header is not verified here, so it must not select a separate counter.
    return withRateLimit(
      ctx,
      { operation: path, account: accountIn(input), workspaceId: null },
      (isKnown) => {
        checkInputStructure(input);
        const owner = { workspaceId: null, actor: "anonymous" } as const;
        return runOnce(call, { operation, owner, input, usesKey }, (once) =>
          proceed(isKnown || once ? ctx.with({ isKnown, once }) : ctx, input),
        );
      },
    );
  });

/** A procedure for any signed-in user. */
export const authedProcedure = <K extends Kind, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, "session", I, O>,
): ProcedureBuilder<K, Context & { readonly caller: Person }, I, O> =>
  buildProcedure(operation, async (call, proceed) => {
    const { ctx, path, getRawInput } = call;
    const caller = await authenticate(ctx);
    if (caller.kind !== "person") throw new Failure("auth.person_required");
    const price = await priceOf(operation, { getRawInput });
    return withBudget(ctx, { payer: payerOf(caller), price }, () =>
      withRateLimit(ctx, { operation: path, account: caller.user.email, workspaceId: null }, async () => {
        const input = await getRawInput();
        checkInputStructure(input);
        const owner = { workspaceId: null, actor: `user:${caller.user.id}` } as const;
        return runOnce(call, { operation, owner, input }, (once) =>
          proceed(ctx.with({ caller, once }), input),
        );
      }),
    );
  });

/** The context of a call whose caller holds the operation's permission. */
export interface GrantedContext<P extends Permission> {
  readonly services: Services;
  readonly grant: Grant<P>;
  /** The address and user agent of the call. */
  readonly device: Device;
}

/**
 * A procedure for callers who hold the operation's permission, without a transaction on the workspace's tables. The
 * permission reflects the state of the database at authentication.
 */
export const grantedProcedure = <
  K extends Kind,
  P extends Permission,
  I extends z.ZodType,
  O extends z.ZodType,
>(
  operation: Operation<K, P, I, O>,
): ProcedureBuilder<K, GrantedContext<P>, I, O> =>
  buildProcedure(operation, (call, proceed) =>
    withAccess(call, { operation }, ({ grant, input }) =>
      proceed({ services: call.ctx.services, grant, device: call.ctx.device }, input),
    ),
  );

interface Authorized<P extends Permission> {
  readonly caller: Caller;
  readonly grant: Grant<P>;
  readonly input: unknown;
}

interface AccessCheck<P extends Permission> {
  readonly operation: Operation<Kind, P>;
  readonly prefetch?: Prefetch | undefined;
  /** Prefetched in place of the query, when a replica may answer it. */
  readonly prefetchPosition?: Prefetch | undefined;
}

/**
 * Runs `next` for a caller who holds the permission, within limits and budgets. Records an audit entry when a member is
 * denied.
 */
async function withAccess<P extends Permission, T>(
  { ctx, path, getRawInput }: Call,
  { operation, prefetch, prefetchPosition: positionPrefetch }: AccessCheck<P>,
  next: (entered: Authorized<P>) => Promise<T>,
): Promise<T> {
  const price = await priceOf(operation, { getRawInput });
  // A rate-limited operation does no work before it is counted, and a costly one does no work before it is charged.
  const { usesShortcuts, limiter, db } = ctx.services;
  const readsReplica = positionPrefetch !== undefined && db.usesReplica;
  const mayPrefetch = usesShortcuts && price.isPlainRead && !limiter.isLimited(path);
  const chosen = readsReplica ? positionPrefetch : prefetch;
  const prefetchRequest = chosen && mayPrefetch ? await chosen(getRawInput) : undefined;
  const caller = await authenticate(ctx, prefetchRequest);
  return withBudget(ctx, { payer: payerOf(caller), price }, async () => {
    const input = await getRawInput();
    checkInputStructure(input);
    const member = findMembership(ctx, caller);
    try {
      const grant = authorize(member, operation.access);
      // The attempt is counted in the workspace, and charged to it, only after the caller is authorized.
      const { workspaceId } = grant;
      ctx.record.workspaceId = workspaceId;
      const attempt = { operation: path, account: accountOf(caller), workspaceId, target: targetIn(input) };
      return await withRateLimit(ctx, attempt, () =>
        withBudget(ctx, { payer: { scope: "workspace", key: workspaceId }, price }, () =>
          next({ caller, grant, input }),
        ),
      );
    } catch (error) {
      if (asFailure(error).reason === "permission.denied") await recordDenial(ctx, { caller, member, path });
      throw error;
    }
  });
}

function findMembership({ workspaceId: requested }: Context, caller: Caller): Membership {
  if (requested === null && caller.kind === "person" && caller.session.currentWorkspaceId === null)
    throw new Failure("workspace.required");
  const found = membershipOf(caller);
  // A malformed header was looked up as if it were absent, so the workspace found may not be the requested one.
  if (!found || (requested !== null && found.workspaceId !== requested))
    throw new Failure("workspace.not_found");
  return found;
}

/**
 * Operations with these permissions lock the workspace row, so that changes to members, invites and keys are serialized:
 * each sees the result of the one before, and two of them cannot deadlock. Renaming also takes the lock because it updates
 * that row.
 */
const permissionsThatLockMembers: ReadonlySet<Permission> = new Set([
  "member:manage",
  "invite:manage",
  "key:manage",
  "workspace:manage",
  "workspace:delete",
]);

/** The context of a call inside the requested workspace. */
export interface WorkspaceContext<K extends Kind, P extends Permission> {
  readonly services: Services;
  readonly caller: Caller;
  readonly ws: K extends "query" ? ReadWs<P> : Ws<P>;
}

/** Options that make an operation faster and do not change its result. */
interface SpeedOptions<I extends z.ZodType> {
  /** Prepares the query of a hot read, which is then sent in the same round trip as the lookup of the caller. */
  readonly prefetch?: PrepareQuery<I>;
  /**
   * Set if a mutation is a single statement that creates one row, without an audit entry. It then runs and commits in one
   * round trip. The function derives the answer from the row, for a repeated call.
   */
  readonly singleStatement?: AnswerOfRow;
}

/** Options of a workspace procedure. */
export interface ProcedureOptions<I extends z.ZodType> extends SpeedOptions<I> {
  /** Whether a mutation locks the workspace row even when its permission does not require it. */
  readonly lockMembers?: boolean;
  /** Whether a mutation ends the caller's access to the workspace. Its idempotency key is stored outside the workspace. */
  readonly endsAccess?: boolean;
}

/** A procedure for members of the requested workspace who hold the operation's permission. */
export const workspaceProcedure = <
  K extends Kind,
  P extends Permission,
  I extends z.ZodType,
  O extends z.ZodType,
>(
  operation: Operation<K, P, I, O>,
  { prefetch, singleStatement, lockMembers: mustLock = false, endsAccess = false }: ProcedureOptions<I> = {},
): ProcedureBuilder<K, WorkspaceContext<K, P>, I, O> => {
  const check: AccessCheck<P> = {
    operation,
    prefetch: prefetch && createPrefetch(operation, prefetch),
    prefetchPosition: operation.mayReadReplica ? prefetchPosition(operation) : undefined,
  };
  const lockMembers = mustLock || permissionsThatLockMembers.has(operation.access);
  return buildProcedure(operation, (call, proceed) => {
    const { ctx, path } = call;
    const { services } = ctx;
    const { db, keys } = services;
    const enter = (before: Once | null) =>
      withAccess(call, check, ({ caller, grant, input }) => {
        const id = grant.workspaceId;
        const proceedIn = (ws: ReadWs<P> | Ws<P>) =>
          proceed({ services, caller, ws: ws as WorkspaceContext<K, P>["ws"] }, input);
        if (operation.kind === "query") {
          const cursors = createCursors(keys, { owner: id, operation: path });
          const prefetched = caller.kind === "person" ? caller.prefetched : undefined;
          const { mayReadReplica } = operation;
          return db.read(grant, (tables) => proceedIn({ id, grant, db: tables, cursors }), {
            prefetched,
            mayReadReplica,
          });
        }
        const write = (once: Once | null) =>
          db.write(grant, (tables) => runInWorkspace(grant, originOf(ctx, caller, id), tables, proceedIn), {
            singleStatement: singleStatement !== undefined && services.usesShortcuts,
            lockMembers,
            keyed: once?.keyed(),
          });
        if (endsAccess) return write(before);
        const owner = { workspaceId: id, actor: keyOwnerOf(caller) };
        return runOnce(call, { operation, owner, input, answerOf: singleStatement }, write);
      });
    return endsAccess ? runBeforeAccess(call, operation, enter) : enter(null);
  });
};

/** A procedure for admins of the requested workspace. */
export const adminProcedure = <
  K extends Kind,
  P extends AdminPermission,
  I extends z.ZodType,
  O extends z.ZodType,
>(
  operation: Operation<K, P, I, O>,
): ProcedureBuilder<K, WorkspaceContext<K, P>, I, O> => workspaceProcedure<K, P, I, O>(operation);
