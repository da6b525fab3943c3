// Builds the procedure of an operation: its access layer, then its function, then the validation of its output. tRPC's
// middlewares copy the call at each step, which took more time than the database. Here a call is one tRPC procedure, and
// its steps are plain functions.
//
// The casts connect tRPC's builder, whose types are wider, to the types of the operation. tRPC's resolver type also omits
// the raw input, which tRPC passes at run time.
import { commonReasons, impliedReasons, type Kind, type Operation, type Reason } from "@projostack/contract";
import { initTRPC, type TRPCMutationProcedure, type TRPCQueryProcedure } from "@trpc/server";
import { z } from "zod";
import { withinDeadline } from "./checks/call-deadline.ts";
import { checkAdmission } from "./checks/check-admission.ts";
import type { Call } from "./call.ts";
import type { Context } from "./context.ts";
import { keyOf } from "./idempotency/idempotency-key.ts";
import { errorShape } from "./failures/error-shape.ts";
import { explainRefusal } from "./failures/explain-refusal.ts";
import { asFailure, Failure } from "./failures/failure.ts";
import { parseInput } from "./failures/invalid-input.ts";
import { observeCall } from "./observe-call.ts";
import { logSecurityEvent } from "./checks/security-events.ts";

const t = initTRPC
  .context<Context>()
  .meta<{ operation: Operation }>()
  .create({
    errorFormatter: ({ error, ctx, path }) => errorShape(asFailure(error, path), ctx?.requestId ?? ""),
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Continues the call: validates the input, runs the operation's function, and validates its output. */
export type Proceed<Ctx> = (ctx: Ctx, rawInput: unknown) => Promise<unknown>;

/** Checks access to an operation, then continues the call with the context of the layer. */
export type Layer<Ctx> = (call: Call, proceed: Proceed<Ctx>) => Promise<unknown>;

/** An answer in cookie mode. `cookieOutput` of the operation describes it. */
export class CookieAnswer {
  readonly data: object;

  constructor(data: object) {
    this.data = data;
  }
}

const noCookieAnswer = z.never();

type Resolver<Ctx, I extends z.ZodType, O extends z.ZodType> = (call: {
  readonly ctx: Ctx;
  readonly input: z.output<I>;
}) => z.input<O> | CookieAnswer | Promise<z.input<O> | CookieAnswer>;

export interface Shape<I extends z.ZodType, O extends z.ZodType> {
  input: z.input<I>;
  output: z.output<O>;
  meta: unknown;
}

/** A procedure that lacks only the operation's function. */
export type ProcedureBuilder<
  K extends Kind,
  Ctx,
  I extends z.ZodType,
  O extends z.ZodType,
> = K extends "query"
  ? { query(resolve: Resolver<Ctx, I, O>): TRPCQueryProcedure<Shape<I, O>> }
  : { mutation(resolve: Resolver<Ctx, I, O>): TRPCMutationProcedure<Shape<I, O>> };

export function buildProcedure<K extends Kind, Ctx, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<K, Operation["access"], I, O>,
  layer: Layer<Ctx>,
): ProcedureBuilder<K, Ctx, I, O> {
  const createRunner = (resolve: Resolver<Ctx, I, O>) => {
    const proceed: Proceed<Ctx> = async (ctx, rawInput) => {
      const input = parseInput(operation.input, rawInput);
      const answer = await resolve({ ctx, input });
      // Undeclared fields are stripped; output that fails its schema is a server bug.
      return answer instanceof CookieAnswer
        ? (operation.cookieOutput ?? noCookieAnswer).parse(answer.data)
        : operation.output.parse(answer);
    };
    const answer = async (call: Call) => {
      try {
        await checkAdmission(call, operation);
        if (operation.kind === "mutation") keyOf(call.ctx.idempotencyKey, 0);
        return await withinDeadline(layer(call, proceed), call.ctx.lastAnswers);
      } catch (error) {
        throw toDeclaredFailure(call, operation, error);
      }
    };
    return (call: Call) => observeCall(call, answer);
  };
  const builder = t.procedure.meta({ operation });
  const procedureOf = (kind: Kind) => (resolve: Resolver<Ctx, I, O>) => {
    const run = createRunner(resolve);
    const procedure = builder[kind]((call: unknown) => run(call as Call));
    runners.set(procedure, run);
    return procedure;
  };
  return { query: procedureOf("query"), mutation: procedureOf("mutation") } as unknown as ProcedureBuilder<
    K,
    Ctx,
    I,
    O
  >;
}

/** Runs a call directly, without tRPC's procedure caller. @throws Failure */
export type Runner = (call: Call) => Promise<unknown>;

const runners = new WeakMap<object, Runner>();

/** Finds the runner of a router's operation by name. @throws RangeError when the router has no such operation */
export function findRunner(anyRouter: object, name: string): Runner {
  const { _def } = anyRouter as { _def: { procedures: Record<string, object> } };
  const run = runners.get(_def.procedures[name] ?? {});
  if (!run) throw new RangeError(`The router has no operation ${name}.`);
  return run;
}

/** The reasons after which the browser deletes the session cookie. */
const endsCookie: ReadonlySet<Reason> = new Set(["auth.unauthenticated", "auth.token_reused"]);

/**
 * Maps an error to a reason that the operation declares. Any other error becomes `server.internal` and is logged as a bug.
 */
function toDeclaredFailure(call: Call, operation: Operation, error: unknown): Failure {
  const { ctx, path } = call;
  const failure = explainRefusal(ensureDeclared(asFailure(error), operation), call, operation);
  if (failure.reason === "server.internal") ctx.log.error({ err: failure.cause, operation: path }, "a bug");
  logSecurityEvent(ctx, path, failure.reason);
  if (failure.code === "SERVICE_UNAVAILABLE") {
    const { requestId, traceId, services } = ctx;
    const { reason, cause } = failure;
    services.refusals.note({ requestId, traceId, operation: path, reason, cause });
  }
  if (endsCookie.has(failure.reason)) ctx.cookie?.clear();
  if (failure.retryAfterSeconds !== undefined) ctx.setRetryAfter(failure.retryAfterSeconds);
  return failure;
}

function ensureDeclared(failure: Failure, operation: Operation): Failure {
  const allowed: readonly Reason[] = [
    ...commonReasons,
    ...operation.errors,
    ...impliedReasons(operation.access),
  ];
  if (allowed.includes(failure.reason)) return failure;
  const cause = new Error(`The operation does not declare the reason ${failure.reason}.`, { cause: failure });
  return new Failure("server.internal", { cause });
}
