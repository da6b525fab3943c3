// The layers of a call: public -> authed -> workspace -> admin. An operation takes its layer from the access it
// was declared with, and no other layer accepts it. The casts tie tRPC's builder, which widens, to the
// operation's own types, which do not.
import { authorize, type AdminPermission, type Permission } from "@projostack/authz";
import { commonReasons, impliedReasons, type Kind, type Operation, type Reason } from "@projostack/contract";
import { initTRPC } from "@trpc/server";
import type { z } from "zod";
import { entryOf, originOf } from "./audit.ts";
import { accountOf, membershipOf } from "./caller.ts";
import type { Context } from "./context.ts";
import { createCursors } from "./cursors.ts";
import { errorShape } from "./error-shape.ts";
import { asFailure, Failure } from "./failure.ts";
import { checkForm } from "./input-form.ts";
import { accountIn, limited, targetIn } from "./limited.ts";
import { writing, type ReadWs, type Ws } from "./ws.ts";

const t = initTRPC
  .context<Context>()
  .meta<{ operation: Operation }>()
  .create({ errorFormatter: ({ error, ctx }) => errorShape(asFailure(error), ctx?.requestId ?? "") });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Whatever goes wrong leaves as a reason that the operation declares; the rest is a bug, and is logged as one. */
const answering = t.procedure.use(async ({ ctx, meta, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const failure = declared(asFailure(result.error), meta?.operation);
  if (failure.reason === "server.internal") ctx.log.error({ err: failure.cause, operation: path }, "a bug");
  if (failure.retryAfterSeconds !== undefined) ctx.setRetryAfter(failure.retryAfterSeconds);
  throw failure;
});

const formed = answering
  .use(async ({ ctx, path: operation, getRawInput, next }) => {
    const account = accountIn(await getRawInput());
    // No workspace: what a caller merely says in a header must not give them a fresh count.
    return limited(ctx, { operation, account, workspaceId: null }, next);
  })
  .use(async ({ getRawInput, next }) => {
    checkForm(await getRawInput());
    return next();
  });

/** For anyone. */
export const publicProcedure = <K extends Kind, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, "public", I, O>,
) => formed.meta({ operation }).input(operation.input).output(operation.output);

const known = answering.use(async ({ ctx, next }) => {
  const caller = await ctx.findCaller();
  if (!caller) throw new Failure("auth.unauthenticated");
  return next({ ctx: { caller } });
});

const authed = known
  .use(({ ctx, next }) => {
    if (ctx.caller.kind !== "person") throw new Failure("auth.person_required");
    return next({ ctx: { caller: ctx.caller } });
  })
  .use(({ ctx, path: operation, next }) =>
    limited(ctx, { operation, account: ctx.caller.user.email, workspaceId: null }, next),
  )
  .use(async ({ getRawInput, next }) => {
    checkForm(await getRawInput());
    return next();
  });

/** For any person signed in. */
export const authedProcedure = <K extends Kind, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, "session", I, O>,
) => authed.meta({ operation }).input(operation.input).output(operation.output);

const member = known
  .use(async ({ getRawInput, next }) => {
    checkForm(await getRawInput());
    return next();
  })
  .use(({ ctx, next }) => {
    const { caller, workspaceId: asked } = ctx;
    if (asked === null && caller.kind === "person" && caller.session.currentWorkspaceId === null)
      throw new Failure("workspace.required");
    const found = membershipOf(caller);
    // A malformed header was looked up as none: what was found for it is not what was asked for.
    if (!found || (asked !== null && found.workspaceId !== asked)) throw new Failure("workspace.not_found");
    return next({ ctx: { member: found } });
  });

/** Puts on record what a member tried and may not do: in a transaction of its own, as there is no other. */
const denying = member.use(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok || asFailure(result.error).reason !== "permission.denied") return result;
  const { db } = ctx.services;
  const tried = { action: "access.denied", targetType: "operation", targetId: path } as const;
  await db.recordDenial(ctx.member.workspaceId, { ...entryOf(originOf(ctx, ctx.caller)), ...tried });
  return result;
});

const granted = <K extends Kind, P extends Permission, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, P, I, O>,
) =>
  denying
    .meta({ operation })
    .use(({ ctx, next }) => next({ ctx: { grant: authorize(ctx.member, operation.access) } }))
    // Within a workspace a try is counted when it is known that the caller may be there.
    .use(async ({ ctx, path, getRawInput, next }) => {
      const target = targetIn(await getRawInput());
      const { workspaceId } = ctx.grant;
      return limited(ctx, { operation: path, account: accountOf(ctx.caller), workspaceId, target }, next);
    })
    .input(operation.input);

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
) => granted(operation).output(operation.output);

/**
 * Whoever changes who may act here does so in turn with all others who do: each sees what the one before left, and of
 * two of them none waits for a row that the other holds. So does who renames, since the turn is the workspace's row.
 */
const inTurn: ReadonlySet<Permission> = new Set([
  "member:manage",
  "invite:manage",
  "key:manage",
  "workspace:manage",
  "workspace:delete",
]);

/** For members of the request's workspace who hold the operation's permission. */
export const workspaceProcedure = <
  K extends Kind,
  P extends Permission,
  I extends z.ZodType,
  O extends z.ZodType,
>(
  operation: Operation<K, P, I, O>,
) =>
  granted(operation)
    .use(async ({ ctx, path, next }) => {
      const { grant, services } = ctx;
      const { db, keys } = services;
      const id = grant.workspaceId;
      const proceed = async (ws: ReadWs<P> | Ws<P>) => {
        const result = await next({ ctx: { ws: ws as K extends "query" ? ReadWs<P> : Ws<P> } });
        // Thrown, so that the transaction is undone.
        if (!result.ok) throw result.error;
        return result;
      };
      if (operation.kind === "query") {
        const cursors = createCursors(keys, { owner: id, operation: path });
        return db.read(grant, (tables) => proceed({ id, grant, db: tables, cursors }));
      }
      const origin = originOf(ctx, ctx.caller);
      return db.write(grant, (tables) => writing(grant, origin, tables, proceed), {
        inTurn: inTurn.has(operation.access),
      });
    })
    .output(operation.output);

/** For admins of the request's workspace. */
export const adminProcedure = <
  K extends Kind,
  P extends AdminPermission,
  I extends z.ZodType,
  O extends z.ZodType,
>(
  operation: Operation<K, P, I, O>,
) => workspaceProcedure<K, P, I, O>(operation);

function declared(failure: Failure, operation: Operation | undefined): Failure {
  const allowed: readonly Reason[] = [
    ...commonReasons,
    ...(operation ? [...operation.errors, ...impliedReasons(operation.access)] : []),
  ];
  if (allowed.includes(failure.reason)) return failure;
  const cause = new Error(`The operation does not declare the reason ${failure.reason}.`, { cause: failure });
  return new Failure("server.internal", { cause });
}
