// The layers of a call: public -> authed -> workspace -> admin. An operation takes its layer from the access it
// was declared with, and no other layer accepts it. The cast ties the workspace to the operation's kind.
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
import { type Prefetch, createPrefetch, type PrepareQuery } from "./checks/prefetch.ts";
import { entryOf, originOf } from "./audit.ts";
import { accountOf, membershipOf, payerOf, type Caller, type Person } from "./caller.ts";
import type { Context } from "./context.ts";
import { createCursors } from "./cursors.ts";
import { asFailure, Failure } from "./failure.ts";
import { checkInputStructure } from "./checks/check-input-structure.ts";
import { buildProcedure, type ProcedureBuilder } from "./procedure-builder.ts";
import type { Call } from "./call.ts";
import { authenticate } from "./checks/authenticate.ts";
import { accountIn, withRateLimit, targetIn } from "./checks/with-rate-limit.ts";
import { withBudget, priceOf } from "./checks/with-budget.ts";
import type { Services } from "./services.ts";
import { runInWorkspace, type ReadWs, type Ws } from "./ws.ts";

export { createCallerFactory, router } from "./procedure-builder.ts";

/** For anyone. */
export const publicProcedure = <K extends Kind, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, "public", I, O>,
): ProcedureBuilder<K, Context, I, O> =>
  buildProcedure(operation, async ({ ctx, path, getRawInput }, proceed) => {
    const input = await getRawInput();
    // No workspace: what a caller merely says in a header must not give them a fresh count.
    return withRateLimit(
      ctx,
      { operation: path, account: accountIn(input), workspaceId: null },
      (isKnown) => {
        checkInputStructure(input);
        return proceed(isKnown ? ctx.with({ isKnown }) : ctx, input);
      },
    );
  });

/** For any person signed in. */
export const authedProcedure = <K extends Kind, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, "session", I, O>,
): ProcedureBuilder<K, Context & { readonly caller: Person }, I, O> =>
  buildProcedure(operation, async ({ ctx, path, getRawInput }, proceed) => {
    const caller = await authenticate(ctx);
    if (caller.kind !== "person") throw new Failure("auth.person_required");
    const price = await priceOf(operation, { getRawInput });
    return withBudget(ctx, { payer: payerOf(caller), price }, () =>
      withRateLimit(ctx, { operation: path, account: caller.user.email, workspaceId: null }, async () => {
        const input = await getRawInput();
        checkInputStructure(input);
        return proceed(ctx.with({ caller }), input);
      }),
    );
  });

/** What those are given who hold the operation's permission. */
export interface GrantedContext<P extends Permission> {
  readonly services: Services;
  readonly grant: Grant<P>;
  /** Where the call comes from. */
  readonly device: Device;
}

/**
 * For those who hold the operation's permission, on matters that the workspace's own tables do not hold. What they are
 * told is as the database had it when they were let in.
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
  readonly prefetch?: Prefetch;
}

/** Lets in who holds the permission, within the limits; and puts on record what a member tried and may not do. */
async function withAccess<P extends Permission, T>(
  { ctx, path, getRawInput }: Call,
  { operation, prefetch }: AccessCheck<P>,
  next: (entered: Authorized<P>) => Promise<T>,
): Promise<T> {
  const price = await priceOf(operation, { getRawInput });
  // Nothing is done for a try that is to be counted before it is counted, and nothing costly before it is charged.
  const { usesShortcuts, limiter } = ctx.services;
  const mayPrefetch = usesShortcuts && price.isPlainRead && !limiter.isLimited(path);
  const asked = prefetch && mayPrefetch ? await prefetch(getRawInput) : undefined;
  const caller = await authenticate(ctx, asked);
  return withBudget(ctx, { payer: payerOf(caller), price }, async () => {
    const input = await getRawInput();
    checkInputStructure(input);
    const member = findMembership(ctx, caller);
    try {
      const grant = authorize(member, operation.access);
      // Within a workspace a try is counted, and charged to it, when it is known that the caller may be there.
      const { workspaceId } = grant;
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

function findMembership({ workspaceId: asked }: Context, caller: Caller): Membership {
  if (asked === null && caller.kind === "person" && caller.session.currentWorkspaceId === null)
    throw new Failure("workspace.required");
  const found = membershipOf(caller);
  // A malformed header was looked up as none: what was found for it is not what was asked for.
  if (!found || (asked !== null && found.workspaceId !== asked)) throw new Failure("workspace.not_found");
  return found;
}

/** In a transaction of its own, as there is no other. */
async function recordDenial(
  ctx: Context,
  { caller, member, path }: { caller: Caller; member: Membership; path: string },
): Promise<void> {
  const { db } = ctx.services;
  const tried = { action: "access.denied", targetType: "operation", targetId: path } as const;
  await db.recordDenial(member.workspaceId, {
    ...entryOf(originOf(ctx, caller, member.workspaceId)),
    ...tried,
  });
}

/**
 * Whoever changes who may act here does so in turn with all others who do: each sees what the one before left, and of
 * two of them none waits for a row that the other holds. So does who renames, since the turn is the workspace's row.
 */
const permissionsThatLockMembers: ReadonlySet<Permission> = new Set([
  "member:manage",
  "invite:manage",
  "key:manage",
  "workspace:manage",
  "workspace:delete",
]);

/** What those are given who have entered the workspace. */
export interface WorkspaceContext<K extends Kind, P extends Permission> {
  readonly services: Services;
  readonly caller: Caller;
  readonly ws: K extends "query" ? ReadWs<P> : Ws<P>;
}

/** What makes an operation fast. None of it changes what the operation does. */
interface SpeedOptions<I extends z.ZodType> {
  /** The question that a hot read asks, which then goes to the database in one trip with who asks. */
  readonly prefetch?: PrepareQuery<I>;
  /** Of a change: it is one statement, and not put on record. It is then committed in the same trip. */
  readonly singleStatement?: boolean;
}

/** How an operation is carried out. */
export interface ProcedureOptions<I extends z.ZodType> extends SpeedOptions<I> {
  /** Of a change: one at a time in each workspace, also where its permission alone would not say so. */
  readonly lockMembers?: boolean;
}

/** For members of the request's workspace who hold the operation's permission. */
export const workspaceProcedure = <
  K extends Kind,
  P extends Permission,
  I extends z.ZodType,
  O extends z.ZodType,
>(
  operation: Operation<K, P, I, O>,
  { prefetch, singleStatement = false, lockMembers: takesTurn = false }: ProcedureOptions<I> = {},
): ProcedureBuilder<K, WorkspaceContext<K, P>, I, O> => {
  const door: AccessCheck<P> = {
    operation,
    ...(prefetch && { prefetch: createPrefetch(operation, prefetch) }),
  };
  const takesTurns = takesTurn || permissionsThatLockMembers.has(operation.access);
  return buildProcedure(operation, (call, proceed) =>
    withAccess(call, door, ({ caller, grant, input }) => {
      const { ctx, path } = call;
      const { services } = ctx;
      const { db, keys } = services;
      const id = grant.workspaceId;
      const within = (ws: ReadWs<P> | Ws<P>) =>
        proceed({ services, caller, ws: ws as WorkspaceContext<K, P>["ws"] }, input);
      if (operation.kind === "query") {
        const cursors = createCursors(keys, { owner: id, operation: path });
        const prefetched = caller.kind === "person" ? caller.prefetched : undefined;
        return db.read(grant, (tables) => within({ id, grant, db: tables, cursors }), prefetched);
      }
      return db.write(grant, (tables) => runInWorkspace(grant, originOf(ctx, caller, id), tables, within), {
        singleStatement: singleStatement && services.usesShortcuts,
        lockMembers: takesTurns,
      });
    }),
  );
};

/** For admins of the request's workspace. */
export const adminProcedure = <
  K extends Kind,
  P extends AdminPermission,
  I extends z.ZodType,
  O extends z.ZodType,
>(
  operation: Operation<K, P, I, O>,
): ProcedureBuilder<K, WorkspaceContext<K, P>, I, O> => workspaceProcedure<K, P, I, O>(operation);
